#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <vector>

#include "frames.hpp"
#include "kernels.hpp"

namespace py = pybind11;
namespace kernels = aestream::kernels;

namespace {

using Words = py::array_t<std::int64_t, py::array::c_style>;
template <typename T>
using Array = py::array_t<T, py::array::c_style>;

/// Owns what a Journal refers to.
class JournalObject {
public:
    explicit JournalObject(std::size_t capacity) : cells_(capacity) { journal_.cells = cells_; }
    kernels::Journal& journal() { return journal_; }

    /// One byte a cell, all zeros.
    std::span<std::uint8_t> bytes(std::size_t cells) {
        if (!bytes_) bytes_ = kernels::zeroed((cells + sizeof(float) - 1) / sizeof(float));
        return {reinterpret_cast<std::uint8_t*>(bytes_.get()), cells};
    }

private:
    std::shared_ptr<float> bytes_;
    std::vector<std::uint32_t> cells_;
    kernels::Journal journal_;
};

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

std::size_t count(const Words& words, Array<float>& frame, std::uint16_t width, std::uint16_t height,
                  JournalObject& journal) {
    const auto out = cells(frame, sensor(width, height), 1);
    const auto in = events(words);
    const py::gil_scoped_release unlocked;
    if (!kernels::is_dense(in.size(), out.size())) {
        return kernels::count(in, out, sensor(width, height), journal.journal());
    }
    journal.journal().used = journal.journal().cells.size() + 1;
    return kernels::count_dense(in, out, sensor(width, height), journal.bytes(out.size()));
}

void clear(Array<float>& frame, JournalObject& journal) {
    const std::span<float> out{frame.mutable_data(), static_cast<std::size_t>(frame.size())};
    const py::gil_scoped_release unlocked;
    kernels::clear(out, journal.journal());
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

py::array_t<float> zeros(std::size_t channels, std::size_t height, std::size_t width) {
    auto* memory = new std::shared_ptr<float>(kernels::zeroed(channels * height * width));
    const py::capsule holder(memory, [](void* held) { delete static_cast<std::shared_ptr<float>*>(held); });
    const std::vector<std::size_t> shape{channels, height, width};
    return py::array_t<float>(shape, memory->get(), holder);
}

}  // namespace

PYBIND11_MODULE(_kernels, module) {
    module.doc() = "Private bindings of the CPU kernels; aestream_gpu.surfaces is the public API.";
    py::class_<JournalObject>(module, "Journal")
        .def(py::init<std::size_t>(), py::arg("capacity"))
        .def_property_readonly("overflowed", [](JournalObject& self) { return self.journal().overflowed(); });
    const auto words = py::arg("words");
    const auto frame = py::arg("frame").noconvert();
    const auto stamps = py::arg("stamps").noconvert();
    const auto width = py::arg("width");
    const auto height = py::arg("height");
    module.def("zeros", &zeros, py::arg("channels"), height, width);
    module.def("count", &count, words, frame, width, height, py::arg("journal"));
    module.def("clear", &clear, frame, py::arg("journal"));
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
