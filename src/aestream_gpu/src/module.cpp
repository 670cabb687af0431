#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <utility>
#include <vector>

#include "counter.hpp"
#include "frames.hpp"
#include "kernels.hpp"

namespace py = pybind11;
namespace kernels = aestream::kernels;

namespace {

using Words = py::array_t<std::int64_t, py::array::c_style>;
template <typename T>
using Array = py::array_t<T, py::array::c_style>;

std::span<const aestream::Event> events(const Words& words) {
    return {reinterpret_cast<const aestream::Event*>(words.data()), static_cast<std::size_t>(words.size())};
}

/// View an array that must have `planes` values a cell.
template <typename T>
std::span<T> cells(Array<T>& array, aestream::Sensor sensor, std::size_t planes) {
    const auto size = static_cast<std::size_t>(array.size());
    if (size != 2 * planes * sensor.width * sensor.height) throw py::value_error("the array has another size");
    return {array.mutable_data(), size};
}

aestream::Sensor sensor(std::uint16_t width, std::uint16_t height) { return {width, height}; }

std::size_t count(kernels::Counter& counter, const Words& words) {
    const auto in = events(words);
    const py::gil_scoped_release unlocked;
    return counter.add(in);
}

py::array_t<float> array_of(std::shared_ptr<float> memory, std::size_t channels, std::size_t height,
                            std::size_t width) {
    auto held = std::make_unique<std::shared_ptr<float>>(std::move(memory));
    float* first = held->get();
    const py::capsule holder(held.get(), [](void* p) {
        std::default_delete<std::shared_ptr<float>>()(static_cast<std::shared_ptr<float>*>(p));
    });
    held.release();
    return py::array_t<float>(std::vector<std::size_t>{channels, height, width}, first, holder);
}

py::array_t<float> counts(kernels::Counter& counter) {
    std::shared_ptr<float> frame;
    {
        const py::gil_scoped_release unlocked;
        frame = counter.read();
    }
    return array_of(std::move(frame), counter.planes(), counter.sensor().height, counter.sensor().width);
}

std::size_t stamp(const Words& words, Array<std::int32_t>& stamps, std::uint16_t width, std::uint16_t height,
                  std::int64_t offset) {
    const auto out = cells(stamps, sensor(width, height), 1);
    const auto in = events(words);
    const py::gil_scoped_release unlocked;
    return kernels::stamp(in, out, sensor(width, height), offset);
}

void decay(const Array<std::int32_t>& stamps, Array<float>& frame, std::int32_t now, float tau_us, bool linear) {
    if (stamps.size() != frame.size()) throw py::value_error("the arrays differ in size");
    const auto size = static_cast<std::size_t>(stamps.size());
    const std::int32_t* in = stamps.data();
    float* out = frame.mutable_data();
    const py::gil_scoped_release unlocked;
    kernels::decay({in, size}, {out, size}, now, tau_us, linear);
}

std::size_t leak(const Words& words, Array<float>& frame, std::uint16_t width, std::uint16_t height, std::int64_t end,
                 float tau_us) {
    const auto out = cells(frame, sensor(width, height), 1);
    const auto in = events(words);
    const py::gil_scoped_release unlocked;
    return kernels::leak(in, out, sensor(width, height), end, tau_us);
}

std::size_t voxels(const Words& words, Array<float>& frame, std::uint16_t width, std::uint16_t height,
                   std::int64_t start, std::int64_t length, std::uint32_t bins, bool is_signed, bool timed) {
    const auto size = static_cast<std::size_t>(frame.size());
    if (size != std::size_t{is_signed ? 1U : 2U} * bins * width * height)
        throw py::value_error("the array has another size");
    const std::span<float> out{frame.mutable_data(), size};
    const auto in = events(words);
    const py::gil_scoped_release unlocked;
    return kernels::voxels(in, out, sensor(width, height), {start, length, bins, is_signed, timed});
}

std::size_t stack(const Words& words, Array<float>& frame, std::uint16_t width, std::uint16_t height,
                  std::int64_t start, std::int64_t length, std::uint32_t frames, bool by_count) {
    const auto out = cells(frame, sensor(width, height), frames);
    const auto in = events(words);
    const py::gil_scoped_release unlocked;
    return kernels::stack(in, out, sensor(width, height), {start, length, frames, by_count});
}

std::size_t remember(const Words& words, Array<std::int32_t>& stamps, std::uint16_t width, std::uint16_t height,
                     std::uint32_t depth, std::int64_t offset) {
    const auto out = cells(stamps, sensor(width, height), depth);
    const auto in = events(words);
    const py::gil_scoped_release unlocked;
    return kernels::remember(in, out, sensor(width, height), depth, offset);
}

void recency(const Array<std::int32_t>& stamps, Array<float>& frame, std::uint32_t depth, std::int32_t now,
             float low_us, float high_us) {
    if (stamps.size() != frame.size()) throw py::value_error("the arrays differ in size");
    const auto size = static_cast<std::size_t>(stamps.size());
    const std::int32_t* in = stamps.data();
    float* out = frame.mutable_data();
    const py::gil_scoped_release unlocked;
    kernels::recency({in, size}, {out, size}, depth, now, low_us, high_us);
}

py::array_t<float> empty(std::size_t channels, std::size_t height, std::size_t width) {
    return array_of(kernels::memory(channels * height * width), channels, height, width);
}

py::array_t<float> zeros(std::size_t channels, std::size_t height, std::size_t width) {
    return array_of(kernels::zeroed(channels * height * width), channels, height, width);
}

}  // namespace

PYBIND11_MODULE(_kernels, module) {
    module.doc() = "Private bindings of the CPU kernels; aestream_gpu.surfaces is the public API.";
    const auto words = py::arg("words");
    const auto frame = py::arg("frame").noconvert();
    const auto stamps = py::arg("stamps").noconvert();
    const auto width = py::arg("width");
    const auto height = py::arg("height");
    module.def("empty", &empty, py::arg("channels"), height, width);
    module.def("zeros", &zeros, py::arg("channels"), height, width);
    py::enum_<kernels::CountMode>(module, "CountMode")
        .value("polarity", kernels::CountMode::polarity)
        .value("binary", kernels::CountMode::binary)
        .value("signed", kernels::CountMode::is_signed);
    py::class_<kernels::Counter>(module, "Counter")
        .def(py::init([](std::uint16_t w, std::uint16_t h, kernels::CountMode mode) {
                 return kernels::Counter(sensor(w, h), mode);
             }),
             width, height, py::arg("mode"))
        .def("begin", &kernels::Counter::begin)
        .def("add", &count, words)
        .def("read", &counts)
        .def("recycle", [](kernels::Counter& counter, std::uintptr_t memory) {
            counter.recycle(reinterpret_cast<const float*>(memory));
        });
    module.def("stamp", &stamp, words, stamps, width, height, py::arg("offset"));
    module.def("decay", &decay, stamps, frame, py::arg("now"), py::arg("tau_us"), py::arg("linear"));
    module.def("leak", &leak, words, frame, width, height, py::arg("end"), py::arg("tau_us"));
    module.def("voxels", &voxels, words, frame, width, height, py::arg("start"), py::arg("length"), py::arg("bins"),
               py::arg("signed"), py::arg("timed"));
    module.def("stack", &stack, words, frame, width, height, py::arg("start"), py::arg("length"), py::arg("frames"),
               py::arg("by_count"));
    module.def("remember", &remember, words, stamps, width, height, py::arg("depth"), py::arg("offset"));
    module.def("recency", &recency, stamps, frame, py::arg("depth"), py::arg("now"), py::arg("low_us"),
               py::arg("high_us"));
}
