#include "python_ends.hpp"

#include <utility>

#include "bindings.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

std::optional<Packet> next_of(const HeldObject& packets) {
    const py::gil_scoped_acquire locked;
    PyObject* const item = PyIter_Next(packets.get().ptr());
    if (item == nullptr && PyErr_Occurred() != nullptr) throw py::error_already_set();
    if (item == nullptr) return std::nullopt;
    return py::reinterpret_steal<py::object>(item).cast<Packet>();
}

PacketStream packets_of(HeldObject packets) {
    while (std::optional<Packet> packet = next_of(packets)) co_yield *std::move(packet);
}

}  // namespace

PacketStream python_packets(py::iterator packets) { return packets_of(HeldObject(std::move(packets))); }

Packet PythonFilter::apply(const Packet& packet) {
    const py::gil_scoped_acquire locked;
    return apply_.get()(packet).cast<Packet>();
}

void PythonSink::write(const Packet& packet) {
    if (native_) {
        native_->write(packet);
        return;
    }
    const py::gil_scoped_acquire locked;
    if (!std::exchange(opened_, true) && !open_.get().is_none()) {
        native_ = open_.get()().cast<std::shared_ptr<Sink>>();
    }
    if (native_) {
        const py::gil_scoped_release unlocked;
        native_->write(packet);
    } else {
        write_.get()(packet);
    }
}

void PythonSink::close() {
    if (std::exchange(closed_, true)) return;
    const py::gil_scoped_acquire locked;
    close_.get()();
}

}  // namespace aestream::bindings
