#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "bindings.hpp"
#include "stream_object.hpp"

namespace py = pybind11;

namespace aestream::bindings {

std::unique_ptr<StreamObject> make_stream(PacketStream source, Slicing slicing, std::optional<double> speed,
                                          std::stop_source stop) {
    PacketStream chain = slice(std::move(source), slicing);
    if (speed) chain = pace(std::move(chain), *speed, stop.get_token());
    chain = number(until_stopped(std::move(chain), stop.get_token()));
    return std::make_unique<StreamObject>(std::move(chain), std::move(stop));
}

void register_streams(py::module_& module) {
    py::class_<StreamObject>(module, "Stream")
        .def("next", &StreamObject::next, py::call_guard<py::gil_scoped_release>())
        .def("stop", &StreamObject::stop);
}

}  // namespace aestream::bindings
