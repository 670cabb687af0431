#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <vector>

#include "stand_in.hpp"
#include "twin.hpp"

namespace py = pybind11;
namespace speck = aestream::speck;

namespace {

using Words = py::array_t<std::int64_t, py::array::c_style>;
using Map = py::array_t<std::int16_t, py::array::c_style>;
using Bytes = py::array_t<std::int8_t, py::array::c_style>;
using Spikes = py::array_t<speck::Spike, py::array::c_style>;
using Triple = std::array<std::uint16_t, 3>;

template <typename Array>
auto view(const Array& array) {
    return std::span{array.data(), static_cast<std::size_t>(array.size())};
}

std::vector<std::int8_t> bytes(const Bytes& array) { return {array.data(), array.data() + array.size()}; }

std::vector<speck::Destination> destinations(const std::vector<Triple>& rows) {
    std::vector<speck::Destination> out;
    for (const auto& [layer, pool_shift, feature_shift] : rows) out.push_back({layer, pool_shift, feature_shift});
    return out;
}

speck::Shape shape(const Triple& sides) { return {sides[0], sides[1], sides[2]}; }

speck::LayerSpec spec(Triple input, Triple output, Triple kernel_stride_padding, std::int16_t threshold,
                      std::int16_t threshold_low, bool reset_to_zero, bool monitored, const Bytes& weights,
                      const Bytes& biases, const std::vector<Triple>& to) {
    const auto [kernel, stride, padding] = kernel_stride_padding;
    return {.input = shape(input),
            .output = shape(output),
            .kernel = kernel,
            .stride = stride,
            .padding = padding,
            .threshold = threshold,
            .threshold_low = threshold_low,
            .reset_to_zero = reset_to_zero,
            .monitored = monitored,
            .weights = bytes(weights),
            .biases = bytes(biases),
            .destinations = destinations(to)};
}

/// Hand a vector to NumPy without copying it.
py::array_t<speck::Spike> as_array(std::vector<speck::Spike> spikes) {
    auto held = std::make_unique<std::vector<speck::Spike>>(std::move(spikes));
    const auto* data = held->data();
    const auto size = static_cast<py::ssize_t>(held->size());
    const py::capsule owner(held.release(), [](void* it) {
        const std::unique_ptr<std::vector<speck::Spike>> last(static_cast<std::vector<speck::Spike>*>(it));
    });
    return py::array_t<speck::Spike>(size, data, owner);
}

std::size_t feed(speck::Twin& twin, const Words& words, std::int64_t t0_us, const Map& columns, const Map& rows,
                 std::array<std::int16_t, 2> features) {
    const std::span events{reinterpret_cast<const aestream::Event*>(words.data()),
                           static_cast<std::size_t>(words.size())};
    const speck::InputMap map{view(columns), view(rows), {features[0], features[1]}};
    const py::gil_scoped_release unlocked;
    return twin.feed(events, t0_us, map);
}

void inject(speck::Twin& twin, const Spikes& spikes) {
    const auto events = view(spikes);
    const py::gil_scoped_release unlocked;
    twin.inject(events);
}

py::tuple counters(const speck::Twin& twin, std::size_t layer) {
    const auto& of = twin.counters(layer);
    return py::make_tuple(of.inputs, of.outside, of.congested, of.synops, of.spikes);
}

py::array_t<std::int16_t> states(const speck::Twin& twin, std::size_t layer) {
    const auto& sides = twin.spec(layer).output;
    py::array_t<std::int16_t> out({std::size_t{sides.channels}, std::size_t{sides.height}, std::size_t{sides.width}});
    auto to = out.mutable_unchecked<3>();
    for (std::uint16_t f = 0; f < sides.channels; ++f)
        for (std::uint16_t y = 0; y < sides.height; ++y)
            for (std::uint16_t x = 0; x < sides.width; ++x) to(f, y, x) = twin.state(layer, f, y, x);
    return out;
}

}  // namespace

PYBIND11_MODULE(_speck, module) {
    module.doc() = "Private bindings of the Speck twin; aestream_bridge.speck is the public API.";
    PYBIND11_NUMPY_DTYPE(speck::Spike, t, layer, feature, x, y);
    py::class_<speck::LayerSpec>(module, "LayerSpec")
        .def(py::init(&spec), py::kw_only(), py::arg("input"), py::arg("output"), py::arg("kernel_stride_padding"),
             py::arg("threshold"), py::arg("threshold_low"), py::arg("reset_to_zero"), py::arg("monitored"),
             py::arg("weights"), py::arg("biases"), py::arg("destinations"));
    py::class_<speck::Twin>(module, "Twin")
        .def(py::init([](std::vector<speck::LayerSpec> layers, const std::vector<Triple>& inputs) {
                 return speck::Twin(std::move(layers), destinations(inputs));
             }),
             py::arg("layers"), py::arg("inputs"))
        .def("feed", &feed, py::arg("words"), py::arg("t0_us"), py::arg("columns"), py::arg("rows"),
             py::arg("features"))
        .def("inject", &inject, py::arg("spikes"))
        .def("take", [](speck::Twin& twin) { return as_array(twin.take()); })
        .def("reset", &speck::Twin::reset)
        .def(
            "set_congestion",
            [](speck::Twin& twin, double synops_per_us, double queue_us) {
                twin.set_congestion({synops_per_us, queue_us});
            },
            py::arg("synops_per_us"), py::arg("queue_us"))
        .def("set_slow_clock", &speck::Twin::set_slow_clock, py::arg("period_us"))
        .def("set_output_limit", &speck::Twin::set_output_limit, py::arg("spikes"))
        .def("counters", &counters, py::arg("layer"))
        .def("states", &states, py::arg("layer"))
        .def_property_readonly("lost_outputs", &speck::Twin::lost_outputs)
        .def_property_readonly("skipped_ticks", &speck::Twin::skipped_ticks);
    speck::register_stand_in(module);
}
