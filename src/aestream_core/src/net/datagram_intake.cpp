#include "net/datagram_intake.hpp"

#include <algorithm>

#include "aestream_core/errors.hpp"

namespace aestream {

UdpProtocol udp_protocol(std::string_view name) {
    if (name == "auto") return UdpProtocol::automatic;
    if (name == "framed") return UdpProtocol::framed;
    if (name == "spif") return UdpProtocol::spif;
    throw InvalidArgument("protocol is '" + std::string(name) + "'; it must be auto, framed or spif");
}

}  // namespace aestream

namespace aestream::net {

namespace {

/// What no datagram says: large enough for every usual sensor, so that nothing of theirs is left out.
constexpr Sensor sensor_unless_said{1280, 720};
/// Events that may wait, of all senders together: 64 MB.
constexpr std::size_t most_waiting_events = std::size_t{1} << 23U;

}  // namespace

DatagramIntake::DatagramIntake(const UdpReceiverConfig& config)
    : config_(config), sensor_(config.sensor), senders_(config) {
    for (const std::string& host : config.senders) allowed_.push_back(key_of(resolve(host, 0).storage));
}

bool DatagramIntake::may_send(const SenderKey& key) const {
    return allowed_.empty() ||
           std::ranges::any_of(allowed_, [&](const SenderKey& each) { return each.same_host(key); });
}

void DatagramIntake::take(const Received& received, ArrivalClock& clock) {
    const std::size_t datagrams = received.datagrams();
    counters_.datagrams += datagrams;
    counters_.bytes += received.bytes.size();
    const SenderKey key = key_of(*received.sender);
    if (!may_send(key)) {
        counters_.refused += datagrams;
        return;
    }
    if (received.cut) {
        counters_.invalid += datagrams;
        return;
    }
    const std::uint64_t arrival_us = clock.arrival_us(received.arrived_ns);
    room_ = room(arrival_us);
    for (std::size_t i = 0; i < datagrams; ++i) sort_out(key, received.datagram(i), arrival_us);
}

void DatagramIntake::take(const SenderKey& key, std::span<const std::byte> datagram, std::uint64_t arrival_us) {
    ++counters_.datagrams;
    counters_.bytes += datagram.size();
    room_ = room(arrival_us);
    sort_out(key, datagram, arrival_us);
}

std::size_t DatagramIntake::room(std::uint64_t now_us) const { return most_waiting_events / senders_.active(now_us); }

void DatagramIntake::sort_out(const SenderKey& key, std::span<const std::byte> datagram, std::uint64_t arrival_us) {
    const UdpProtocol protocol = is_framed(datagram) ? UdpProtocol::framed : UdpProtocol::spif;
    const bool is_event = datagram.size() >= spif_event_bytes(false);
    if (!is_event || (config_.protocol != UdpProtocol::automatic && protocol != config_.protocol)) {
        ++counters_.invalid;
    } else if (protocol == UdpProtocol::framed) {
        take_framed(key, datagram, arrival_us);
    } else {
        take_spif(key, datagram, arrival_us);
    }
}

void DatagramIntake::take_framed(const SenderKey& key, std::span<const std::byte> datagram, std::uint64_t arrival_us) {
    FramedHeader header;
    const FramedFault fault = read_framed_header(datagram, header);
    if (fault != FramedFault::none) {
        ++(fault == FramedFault::checksum ? counters_.corrupted : counters_.invalid);
        return;
    }
    heard(key, header.sensor, arrival_us).take_framed(header, framed_records(datagram), arrival_us, room_);
}

void DatagramIntake::take_spif(const SenderKey& key, std::span<const std::byte> datagram, std::uint64_t arrival_us) {
    heard(key, sensor_unless_said, arrival_us).take_spif(datagram, arrival_us, room_);
}

Sender& DatagramIntake::heard(const SenderKey& key, Sensor says, std::uint64_t arrival_us) {
    if (!sensor_) sensor_ = says;
    if (!first_heard_us_) first_heard_us_ = arrival_us;
    last_heard_us_ = std::max(last_heard_us_, arrival_us);
    return senders_.find(key, *sensor_, arrival_us);
}

UdpCounters DatagramIntake::counters() const {
    UdpCounters counters = counters_;
    senders_.add_to(counters);
    return counters;
}

}  // namespace aestream::net
