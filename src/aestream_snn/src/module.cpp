// Private bindings. Tensors come as addresses: NumPy has no word for memory whose channels lie last.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include "chain.hpp"
#include "frames.hpp"
#include "neuron.hpp"
#include "sparse_conv.hpp"

namespace py = pybind11;

namespace {

using aestream::snn::Chain;
using aestream::snn::ChainLayer;
using aestream::snn::Conv;
using aestream::snn::Frames;
using aestream::snn::Maps;
using aestream::snn::Neuron;
using aestream::snn::Surrogate;
using Address = std::uintptr_t;
using Words = py::array_t<std::int64_t, py::array::c_style>;
using Array = py::array_t<float, py::array::c_style>;

std::span<float> floats(Address address, std::size_t size) {
    return {reinterpret_cast<float*>(address), address == 0 ? 0 : size};
}

void forward(const Neuron& neuron, const Maps& maps, Address current, Address v_before, Address v_pre, Address v,
             Address spikes) {
    const py::gil_scoped_release unlocked;
    aestream::snn::forward(neuron, maps, floats(current, maps.size()), floats(v_before, maps.size()),
                           floats(v_pre, maps.size()), floats(v, maps.size()), floats(spikes, maps.pooled_size()));
}

void backward(const Neuron& neuron, const Maps& maps, Address v_pre, Address spikes_grad, Address v_grad,
              Address v_pre_grad) {
    const py::gil_scoped_release unlocked;
    aestream::snn::backward(neuron, maps, floats(v_pre, maps.size()), floats(spikes_grad, maps.pooled_size()),
                            floats(v_grad, maps.size()), floats(v_pre_grad, maps.size()));
}

void conv_forward(const Conv& conv, Address input, Address weights, Address output) {
    const py::gil_scoped_release unlocked;
    aestream::snn::conv_forward(conv, floats(input, conv.in_size()), floats(weights, conv.weights_size()),
                                floats(output, conv.out_size()));
}

void conv_weight_grad(const Conv& conv, Address input, Address output_grad, Address weights_grad) {
    const py::gil_scoped_release unlocked;
    aestream::snn::conv_weight_grad(conv, floats(input, conv.in_size()), floats(output_grad, conv.out_size()),
                                    floats(weights_grad, conv.weights_size()));
}

std::size_t count_nonzero(Address values, std::size_t size) {
    const py::gil_scoped_release unlocked;
    return aestream::snn::count_nonzero(floats(values, size));
}

/// Membranes and spikes are the caller's; weights are copied.
void add_layer(Chain& chain, const Conv& conv, const Neuron& neuron, std::size_t pool, Address weights, Address v,
               Address spikes) {
    const Maps maps{1, conv.out_height(), conv.out_width(), conv.features, pool};
    chain.add(ChainLayer(conv, neuron, pool, floats(weights, conv.weights_size()), floats(v, maps.size()),
                         floats(spikes, maps.pooled_size())));
}

/// Strides count floats.
void chain_step(Chain& chain, Address frame, std::size_t row_stride, std::size_t column_stride,
                std::size_t channel_stride) {
    const py::gil_scoped_release unlocked;
    chain.step({reinterpret_cast<const float*>(frame), row_stride, column_stride, channel_stride});
}

/// Frames are (count, batch, 2, height, width); `place` is the recording's in the batch. A length of 0 is by number.
std::size_t count(const Words& words, Array& frames, std::size_t place, std::uint32_t shrink, std::int64_t start,
                  std::int64_t length) {
    if (frames.ndim() != 5 || frames.shape(2) != 2 || place >= static_cast<std::size_t>(frames.shape(1))) {
        throw py::value_error("frames must be (count, batch, 2, height, width)");
    }
    const auto side = [&](int axis) { return static_cast<std::size_t>(frames.shape(axis)); };
    const std::size_t one = 2 * side(3) * side(4);
    const Frames out{frames.mutable_data() + place * one, side(1) * one, side(0), side(3), side(4), shrink};
    const std::span<const aestream::Event> events{reinterpret_cast<const aestream::Event*>(words.data()),
                                                  static_cast<std::size_t>(words.size())};
    const py::gil_scoped_release unlocked;
    return length > 0 ? aestream::snn::count_by_time(events, out, start, length)
                      : aestream::snn::count_by_number(events, out);
}

}  // namespace

PYBIND11_MODULE(_kernels, module) {
    module.doc() = "Private kernels of aestream_snn; the public API is in the Python modules around them.";
    py::class_<Neuron>(module, "Neuron")
        .def(py::init([](float threshold, float decay, float gain, float min_v, bool multi_spike, bool subtract,
                         int surrogate, float width, float scale) {
            return Neuron{threshold, decay, gain, min_v, multi_spike, subtract, static_cast<Surrogate>(surrogate),
                          width,     scale};
        }));
    py::class_<Maps>(module, "Maps")
        .def(py::init([](std::size_t batch, std::size_t height, std::size_t width, std::size_t channels,
                         std::size_t pool) { return Maps{batch, height, width, channels, pool}; }));
    py::class_<Conv>(module, "Conv")
        .def(py::init([](std::size_t batch, std::size_t height, std::size_t width, std::size_t channels,
                         std::size_t features, std::size_t kernel, std::size_t stride, std::size_t padding) {
            return Conv{batch, height, width, channels, features, kernel, stride, padding};
        }));
    py::class_<Chain>(module, "Chain").def(py::init<>()).def("add", &add_layer).def("step", &chain_step);
    module.def("conv_forward", &conv_forward);
    module.def("conv_weight_grad", &conv_weight_grad);
    module.def("count_nonzero", &count_nonzero);
    module.def("forward", &forward);
    module.def("backward", &backward);
    module.def("count", &count, py::arg("words"), py::arg("frames").noconvert(), py::arg("place"), py::arg("shrink"),
               py::arg("start"), py::arg("length"));
}
