// Datagrams without sockets: what comes from a capture or another transport, and what tests compare.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <string_view>
#include <vector>

#include "aestream_core/crc32c.hpp"
#include "aestream_core/spif.hpp"
#include "net/datagram_builder.hpp"
#include "net/datagram_intake.hpp"
#include "net_counters.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

/// The intake and its settings, which it refers to.
class DatagramDecoder {
public:
    explicit DatagramDecoder(const UdpReceiverConfig& config) : config_(config), intake_(config_) {}

    void take(std::string_view datagram, std::uint16_t port, std::uint64_t arrival_us) {
        const net::SenderKey key{.address = {}, .scope = 0, .port = port};
        intake_.take(key, bytes_of(datagram), arrival_us);
        now_us_ = std::max(now_us_, arrival_us);
    }
    std::vector<Packet> packets() {
        intake_.senders().finish(now_us_);
        std::vector<Packet> packets;
        while (auto packet = intake_.senders().take_packet()) packets.push_back(*std::move(packet));
        return packets;
    }
    [[nodiscard]] UdpCounters counters() const { return intake_.counters(); }

private:
    UdpReceiverConfig config_;
    net::DatagramIntake intake_;
    std::uint64_t now_us_ = 0;
};

/// What a sender would send for each packet, and at its end.
class DatagramEncoder {
public:
    explicit DatagramEncoder(const UdpSenderConfig& config) : builder_(config, events_per_datagram(config)) {}

    py::list encode(const Packet& packet) {
        py::list datagrams;
        for (std::size_t at = 0; at < packet.size(); at += builder_.most_events()) {
            const std::size_t upto = std::min(packet.size(), at + builder_.most_events());
            append(datagrams, builder_.build(packet.view(at, upto)));
        }
        return datagrams;
    }
    py::list end() {
        py::list datagrams;
        append(datagrams, builder_.build_end());
        return datagrams;
    }

private:
    static void append(py::list& datagrams, std::span<const net::Outgoing> outgoing) {
        for (const net::Outgoing& each : outgoing) {
            std::string bytes;
            for (const auto part : {each.header, each.payload}) {
                bytes.append(reinterpret_cast<const char*>(part.data()), part.size());
            }
            datagrams.append(py::bytes(bytes));
        }
    }
    net::DatagramBuilder builder_;
};

}  // namespace

py::dict dict_of(const UdpCounters& counters) {
    py::dict result;
    result["datagrams"] = counters.datagrams;
    result["bytes"] = counters.bytes;
    result["events"] = counters.events;
    result["outside_sensor"] = counters.outside_sensor;
    result["kernel_dropped"] = counters.kernel_dropped;
    result["invalid"] = counters.invalid;
    result["corrupted"] = counters.corrupted;
    result["cut_bytes"] = counters.cut_bytes;
    result["refused"] = counters.refused;
    result["limited"] = counters.limited;
    result["limited_events"] = counters.limited_events;
    result["lost_datagrams"] = counters.sequence.lost_datagrams;
    result["lost_events"] = counters.sequence.lost_events;
    result["reordered"] = counters.sequence.reordered;
    result["late"] = counters.sequence.late;
    result["duplicated"] = counters.sequence.duplicated;
    result["stale"] = counters.sequence.stale;
    result["restarts"] = counters.sequence.restarts;
    result["senders"] = counters.senders;
    result["evicted"] = counters.evicted;
    result["buffer_bytes"] = counters.buffer_bytes;
    return result;
}

py::dict dict_of(const UdpSenderCounters& counters) {
    py::dict result;
    result["datagrams"] = counters.datagrams;
    result["bytes"] = counters.bytes;
    result["events"] = counters.events;
    result["dropped"] = counters.dropped;
    result["dropped_events"] = counters.dropped_events;
    result["refused"] = counters.refused;
    result["unreachable"] = counters.unreachable;
    result["full"] = counters.full;
    result["not_encodable"] = counters.not_encodable;
    return result;
}

void register_datagrams(py::module_& module) {
    py::class_<DatagramDecoder>(module, "DatagramDecoder")
        .def(py::init<const UdpReceiverConfig&>())
        .def("take", &DatagramDecoder::take)
        .def("packets", &DatagramDecoder::packets)
        .def("counters", [](const DatagramDecoder& decoder) { return dict_of(decoder.counters()); });
    py::class_<DatagramEncoder>(module, "DatagramEncoder")
        .def(py::init<const UdpSenderConfig&>())
        .def("encode", &DatagramEncoder::encode)
        .def("end", &DatagramEncoder::end);
    module.def("crc32c", [](std::string_view bytes) { return crc32c(bytes_of(bytes)); });
    module.def("crc32c_by_table", [](std::string_view bytes) { return crc32c_by_table(bytes_of(bytes)); });
}

}  // namespace aestream::bindings
