#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "bindings.hpp"
#include "stream_object.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

/// Packets that a Python iterator gives; asked for one at a time, with the interpreter lock held meanwhile.
class PythonPackets {
public:
    explicit PythonPackets(py::iterator packets) : packets_(std::move(packets)) {}
    PythonPackets(PythonPackets&&) = default;
    ~PythonPackets() {
        if (!packets_) return;
        const py::gil_scoped_acquire locked;
        packets_ = py::iterator();
    }

    std::optional<Packet> next() {
        const py::gil_scoped_acquire locked;
        PyObject* const item = PyIter_Next(packets_.ptr());
        if (item == nullptr && PyErr_Occurred() != nullptr) throw py::error_already_set();
        if (item == nullptr) return std::nullopt;
        return py::reinterpret_steal<py::object>(item).cast<Packet>();
    }

private:
    py::iterator packets_;
};

PacketStream packets_of(PythonPackets packets) {
    while (std::optional<Packet> packet = packets.next()) co_yield *std::move(packet);
}

std::unique_ptr<StreamObject> stream_of(py::iterator packets, std::optional<std::uint64_t> packet_us,
                                        std::optional<std::uint64_t> packet_events, std::optional<double> speed,
                                        std::uint64_t start_us, std::uint64_t stop_us) {
    PacketStream source = packets_of(PythonPackets(std::move(packets)));
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
