#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aestream_core/pixel_step.hpp"
#include "aestream_core/simulator.hpp"
#include "bindings.hpp"
#include "stream_object.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

template <typename T>
using Frame = py::array_t<T, py::array::c_style>;

std::unique_ptr<StreamObject> open_simulator(const SimConfig& config, std::optional<std::uint64_t> packet_us,
                                             std::optional<std::uint64_t> packet_events, std::optional<double> speed) {
    std::stop_source stop;
    PacketStream source = simulate(config, stop.get_token());
    return make_stream(std::move(source), Slicing{packet_us, packet_events}, speed, std::move(stop));
}

template <typename T>
std::span<T> all_of(Frame<T>& frame) {
    return {frame.mutable_data(), static_cast<std::size_t>(frame.size())};
}

std::span<const float> view_of(const Frame<float>& frame) {
    return {frame.data(), static_cast<std::size_t>(frame.size())};
}

/// Arrays are (H, W) and changed in place.
Packet pixel_array_step(const PixelConfig& config, Frame<float> previous, Frame<float> reference,
                        Frame<std::int64_t> rearm_us, const Frame<float>& mismatch, const Frame<float>& log_intensity,
                        std::uint64_t t0_us, std::uint32_t length_us) {
    const Sensor sensor{static_cast<std::uint16_t>(previous.shape(1)), static_cast<std::uint16_t>(previous.shape(0))};
    const PixelFrames state{sensor, all_of(previous), all_of(reference), all_of(rearm_us), view_of(mismatch)};
    const std::span<const float> frame = view_of(log_intensity);
    const py::gil_scoped_release unlocked;
    return step_pixels(config, state, frame, t0_us, length_us);
}

}  // namespace

void register_sim(py::module_& module) {
    py::class_<PixelConfig>(module, "PixelConfig")
        .def(py::init<>())
        .def_readwrite("threshold_on", &PixelConfig::threshold_on)
        .def_readwrite("threshold_off", &PixelConfig::threshold_off)
        .def_readwrite("threshold_mismatch", &PixelConfig::threshold_mismatch)
        .def_readwrite("refractory_us", &PixelConfig::refractory_us)
        .def_readwrite("leak_rate_hz", &PixelConfig::leak_rate_hz)
        .def_readwrite("shot_noise_rate_hz", &PixelConfig::shot_noise_rate_hz)
        .def_readwrite("hot_pixel_fraction", &PixelConfig::hot_pixel_fraction)
        .def_readwrite("hot_pixel_rate_hz", &PixelConfig::hot_pixel_rate_hz);
    py::class_<SimConfig>(module, "SimConfig")
        .def(py::init<>())
        .def_readwrite("width", &SimConfig::width)
        .def_readwrite("height", &SimConfig::height)
        .def_readwrite("scene", &SimConfig::scene)
        .def_readwrite("rate_hz", &SimConfig::rate_hz)
        .def_readwrite("seed", &SimConfig::seed)
        .def_readwrite("duration_us", &SimConfig::duration_us)
        .def_readwrite("pixel", &SimConfig::pixel);
    module.def("scene_names", [] {
        const auto names = scene_names();
        return std::vector<std::string>(names.begin(), names.end());
    });
    module.def("open_simulator", &open_simulator, py::call_guard<py::gil_scoped_release>());
    // noconvert: a converted array would take the changes with it.
    module.def("pixel_array_step", &pixel_array_step, py::arg("config"), py::arg("previous").noconvert(),
               py::arg("reference").noconvert(), py::arg("rearm_us").noconvert(), py::arg("mismatch").noconvert(),
               py::arg("log_intensity").noconvert(), py::arg("t0_us"), py::arg("length_us"));
}

}  // namespace aestream::bindings
