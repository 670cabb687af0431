#include "aestream_core/motion.hpp"

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <tuple>
#include <vector>

#include "bindings.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

using Shape = std::tuple<int, double, double, double>;
using Poses = py::array_t<float, py::array::c_style>;
static_assert(sizeof(MotionPose) == 5 * sizeof(float));

/// Poses are (steps + 1, shapes, 5).
Packet run(const SimConfig& config, const std::vector<Shape>& shapes, const Poses& poses, std::uint32_t step_us) {
    if (poses.ndim() != 3 || poses.shape(1) != static_cast<py::ssize_t>(shapes.size()) || poses.shape(2) != 5) {
        throw py::value_error("poses must be (steps + 1, shapes, 5)");
    }
    Motion motion;
    motion.step_us = step_us;
    for (const auto& [outline, half_width_px, half_height_px, contrast] : shapes) {
        motion.shapes.push_back({static_cast<Outline>(outline), half_width_px, half_height_px, contrast});
    }
    const auto* first = reinterpret_cast<const MotionPose*>(poses.data());
    motion.poses.assign(first, first + poses.size() / 5);
    const py::gil_scoped_release unlocked;
    return simulate_motion(config, motion);
}

}  // namespace

void register_motion(py::module_& module) { module.def("simulate_motion", &run); }

}  // namespace aestream::bindings
