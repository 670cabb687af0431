// Triggers, inertial measurements and frames, as NumPy arrays.
#include "aestream_core/side_records.hpp"

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <vector>

#include "bindings.hpp"
#include "packet_views.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

template <typename T>
py::array_t<T> as_array(const std::vector<T>& records) {
    return py::array_t<T>(static_cast<py::ssize_t>(records.size()), records.data());
}

/// (H, W) or (H, W, C) of uint8 or uint16, a view that holds the buffer.
py::array pixels_view(const Frame& frame) {
    const py::ssize_t sample = frame.bytes_per_sample;
    std::vector<py::ssize_t> shape{frame.height, frame.width};
    std::vector<py::ssize_t> strides{frame.width * frame.channels * sample, frame.channels * sample};
    if (frame.channels > 1) {
        shape.push_back(frame.channels);
        strides.push_back(sample);
    }
    const py::dtype dtype = sample == 1 ? py::dtype::of<std::uint8_t>() : py::dtype::of<std::uint16_t>();
    return {dtype, shape, strides, frame.pixels ? frame.pixels->data() : nullptr, hold(frame.pixels)};
}

}  // namespace

void register_side_records(py::module_& module) {
    PYBIND11_NUMPY_DTYPE(Trigger, t_us, id, value);
    PYBIND11_NUMPY_DTYPE(ImuSample, t_us, temperature_c, acceleration_g, angular_rate_dps, magnetic_field_ut);
    py::class_<Frame>(module, "Frame")
        .def_readonly("start_us", &Frame::start_us)
        .def_readonly("end_us", &Frame::end_us)
        .def_readonly("x", &Frame::x)
        .def_readonly("y", &Frame::y)
        .def("pixels", &pixels_view);
    py::class_<SideRecords, std::shared_ptr<SideRecords>>(module, "SideRecords")
        .def(py::init([](bool triggers, bool imu, bool frames) {
                 return std::make_shared<SideRecords>(SideRecords::Wanted{triggers, imu, frames});
             }),
             py::arg("triggers"), py::arg("imu"), py::arg("frames"))
        .def("take_triggers", [](SideRecords& side) { return as_array(side.take_triggers()); })
        .def("take_imu", [](SideRecords& side) { return as_array(side.take_imu()); })
        .def("take_frames", [](SideRecords& side) {
            py::list frames;
            for (Frame& frame : side.take_frames()) frames.append(std::move(frame));
            return frames;
        });
}

}  // namespace aestream::bindings
