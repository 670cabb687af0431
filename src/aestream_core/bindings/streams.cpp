#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "bindings.hpp"
#include "python_ends.hpp"
#include "stream_object.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

std::unique_ptr<StreamObject> stream_of(py::iterator packets, std::optional<std::uint64_t> packet_us,
                                        std::optional<std::uint64_t> packet_events, std::optional<double> speed,
                                        std::uint64_t start_us, std::uint64_t stop_us) {
    PacketStream source = python_packets(std::move(packets));
    if (start_us > 0 || stop_us < UINT64_MAX) source = between(std::move(source), start_us, stop_us);
    return make_stream(std::move(source), {packet_us, packet_events}, speed, std::stop_source());
}

PacketStream packets_of(std::vector<Packet> packets) {
    for (Packet& packet : packets) co_yield std::move(packet);
}

}  // namespace

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
    module.def(
        "join_packets", [](std::vector<Packet> packets) { return join(packets_of(std::move(packets))); },
        py::call_guard<py::gil_scoped_release>());
    module.def("stream_of_packets", &stream_of, py::arg("packets"), py::arg("packet_us"), py::arg("packet_events"),
               py::arg("speed"), py::arg("start_us"), py::arg("stop_us"));
}

}  // namespace aestream::bindings
