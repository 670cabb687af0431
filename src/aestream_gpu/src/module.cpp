#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include "kernels.hpp"

namespace py = pybind11;

namespace {

std::size_t count(const py::array_t<std::int64_t, py::array::c_style>& words,
                  py::array_t<float, py::array::c_style>& frame) {
    const auto* events = reinterpret_cast<const aestream::Event*>(words.data());
    const auto size = static_cast<std::size_t>(words.size());
    const auto height = static_cast<std::uint32_t>(frame.shape(1));
    const auto width = static_cast<std::uint32_t>(frame.shape(2));
    float* cells = frame.mutable_data();
    const py::gil_scoped_release unlocked;
    return aestream::kernels::count({events, size}, cells, width, height);
}

}  // namespace

PYBIND11_MODULE(_kernels, module) {
    module.doc() = "Private bindings of the CPU kernels; aestream_gpu.surfaces is the public API.";
    module.def("count", &count, py::arg("words"), py::arg("frame").noconvert());
}
