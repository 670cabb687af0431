#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "aestream_core/udp_receiver.hpp"
#include "aestream_core/udp_sender.hpp"
#include "bindings.hpp"
#include "net_counters.hpp"
#include "sinks.hpp"
#include "stream_object.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

py::tuple open_udp(const UdpReceiverConfig& config, std::optional<std::uint64_t> packet_us,
                   std::optional<std::uint64_t> packet_events) {
    std::stop_source stop;
    std::shared_ptr<UdpReceiver> receiver;
    std::unique_ptr<StreamObject> stream;
    {
        const py::gil_scoped_release unlocked;
        receiver = std::make_shared<UdpReceiver>(config, stop.get_token());
        stream = make_stream(receive(receiver), Slicing{packet_us, packet_events}, std::nullopt, std::move(stop));
    }
    return py::make_tuple(std::move(stream), std::move(receiver));
}

/// A sender with the means to stop it from another thread.
class SenderObject : public SharedSink {
public:
    explicit SenderObject(const UdpSenderConfig& config) : sender_(config, stop_.get_token()) {}
    void stop() { stop_.request_stop(); }
    [[nodiscard]] UdpSenderCounters counters() const { return sender_.counters(); }
    [[nodiscard]] std::string place() const { return sender_.place(); }

protected:
    void write_alone(const Packet& packet) override { sender_.write(packet); }
    void close_alone() override { sender_.close(); }

private:
    std::stop_source stop_;
    UdpSender sender_;
};

void register_receiver(py::module_& module) {
    py::class_<UdpReceiverConfig>(module, "UdpReceiverConfig")
        .def(py::init<>())
        .def_readwrite("address", &UdpReceiverConfig::address)
        .def_readwrite("port", &UdpReceiverConfig::port)
        .def_readwrite("interface", &UdpReceiverConfig::interface)
        .def_readwrite("senders", &UdpReceiverConfig::senders)
        .def_readwrite("sender_limit_hz", &UdpReceiverConfig::sender_limit_hz)
        .def_readwrite("most_senders", &UdpReceiverConfig::most_senders)
        .def_readwrite("buffer_bytes", &UdpReceiverConfig::buffer_bytes)
        .def_readwrite("idle_timeout_s", &UdpReceiverConfig::idle_timeout_s)
        .def_readwrite("duration_s", &UdpReceiverConfig::duration_s)
        .def_readwrite("most_events", &UdpReceiverConfig::most_events)
        .def_readwrite("once", &UdpReceiverConfig::once)
        .def("set_protocol",
             [](UdpReceiverConfig& config, const std::string& name) { config.protocol = udp_protocol(name); })
        .def("set_reorder",
             [](UdpReceiverConfig& config, std::size_t datagrams) { config.reorder.datagrams = datagrams; })
        .def("set_sensor", [](UdpReceiverConfig& config, std::uint16_t width, std::uint16_t height) {
            config.sensor = Sensor{width, height};
        });
    py::class_<UdpReceiver, std::shared_ptr<UdpReceiver>>(module, "UdpReceiver")
        .def("wait_for_sensor",
             [](UdpReceiver& receiver, double timeout_s) -> std::optional<std::pair<int, int>> {
                 const py::gil_scoped_release unlocked;
                 const auto sensor = receiver.wait_for_sensor(timeout_s);
                 if (!sensor) return std::nullopt;
                 return std::pair<int, int>(sensor->width, sensor->height);
             })
        .def("is_over", &UdpReceiver::is_over)
        .def_property_readonly("port", &UdpReceiver::port)
        .def_property_readonly("place", &UdpReceiver::place)
        .def_property_readonly("opened_unix_us", &UdpReceiver::opened_unix_us)
        .def("counters", [](const UdpReceiver& receiver) { return dict_of(receiver.counters()); });
    module.def("open_udp", &open_udp, py::arg("config"), py::arg("packet_us"), py::arg("packet_events"));
}

void register_sender(py::module_& module) {
    py::class_<UdpSenderConfig>(module, "UdpSenderConfig")
        .def(py::init<>())
        .def_readwrite("address", &UdpSenderConfig::address)
        .def_readwrite("port", &UdpSenderConfig::port)
        .def_readwrite("timestamps", &UdpSenderConfig::timestamps)
        .def_readwrite("events_per_datagram", &UdpSenderConfig::events_per_datagram)
        .def_readwrite("rate_hz", &UdpSenderConfig::rate_hz)
        .def_readwrite("speed", &UdpSenderConfig::speed)
        .def_readwrite("interface", &UdpSenderConfig::interface)
        .def_readwrite("ttl", &UdpSenderConfig::ttl)
        .def_readwrite("loop", &UdpSenderConfig::loop)
        .def_readwrite("patience_s", &UdpSenderConfig::patience_s)
        .def("set_protocol",
             [](UdpSenderConfig& config, const std::string& name) { config.protocol = udp_protocol(name); });
    py::class_<SenderObject, Sink, std::shared_ptr<SenderObject>>(module, "UdpSender")
        .def(py::init<const UdpSenderConfig&>(), py::call_guard<py::gil_scoped_release>())
        .def("stop", &SenderObject::stop)
        .def_property_readonly("place", &SenderObject::place)
        .def("counters", [](const SenderObject& sender) { return dict_of(sender.counters()); });
    module.def("udp_events_per_datagram", &events_per_datagram);
}

}  // namespace

void register_net(py::module_& module) {
    register_receiver(module);
    register_sender(module);
    register_datagrams(module);
}

}  // namespace aestream::bindings
