#include "net/datagram_builder.hpp"

#include <algorithm>
#include <random>

#include "aestream_core/errors.hpp"
#include "aestream_core/spif.hpp"

namespace aestream {

namespace {

// What an Ethernet packet of 1500 bytes carries over IPv6, header of UDP included: the smaller of the two.
constexpr std::size_t ethernet_payload_bytes = 1452;
constexpr std::size_t largest_datagram_bytes = 65507;
// What spiffer sends at a time, and SpiNNaker has room for.
constexpr std::size_t spiffer_bytes = 1024;

std::size_t event_bytes(const UdpSenderConfig& config) {
    return config.protocol == UdpProtocol::framed ? sizeof(Event) : spif_event_bytes(config.timestamps);
}

}  // namespace

std::size_t events_per_datagram(const UdpSenderConfig& config) {
    const bool framed = config.protocol == UdpProtocol::framed;
    const std::size_t header = framed ? framed_header_bytes : 0;
    if (config.events_per_datagram == 0) {
        return ((framed ? ethernet_payload_bytes : spiffer_bytes) - header) / event_bytes(config);
    }
    const std::size_t most = (largest_datagram_bytes - header) / event_bytes(config);
    if (config.events_per_datagram > most) {
        throw InvalidArgument("events_per_datagram is " + std::to_string(config.events_per_datagram) +
                              "; it must be 1 to " + std::to_string(most) + ", what a UDP datagram holds");
    }
    return config.events_per_datagram;
}

}  // namespace aestream

namespace aestream::net {

namespace {

void check(const Packet& packet) {
    const Sensor sensor = packet.sensor();
    if (sensor.width == 0 || sensor.width > max_sensor_side || sensor.height == 0 || sensor.height > max_sensor_side) {
        throw InvalidArgument("the sensor is " + std::to_string(sensor.width) + "x" + std::to_string(sensor.height) +
                              " pixels; framed datagrams hold 1x1 to 32767x32767");
    }
    if (packet.t0_us() >= framed_latest_t0_us) {
        throw InvalidArgument("a packet begins at " + std::to_string(packet.t0_us()) +
                              " us; framed datagrams hold times up to 2^63 us");
    }
}

}  // namespace

DatagramBuilder::DatagramBuilder(const UdpSenderConfig& config, std::size_t per_datagram)
    : protocol_(config.protocol), timestamps_(config.timestamps), per_datagram_(per_datagram) {
    next_.session = std::random_device()();
    datagrams_.reserve(SendBatch::most);
}

std::span<const Outgoing> DatagramBuilder::build(const Packet& packet) {
    datagrams_.clear();
    protocol_ == UdpProtocol::framed ? build_framed(packet) : build_spif(packet);
    return datagrams_;
}

void DatagramBuilder::build_framed(const Packet& packet) {
    check(packet);
    next_.sensor = packet.sensor();
    next_.t0_us = packet.t0_us();
    const auto events = packet.events();
    for (std::size_t at = 0; at < events.size(); at += per_datagram_) {
        const auto part = events.subspan(at, std::min(per_datagram_, events.size() - at));
        FramedHeaderBytes& header = headers_[datagrams_.size()];
        header = make_framed_header(next_, part);
        datagrams_.push_back({header, std::as_bytes(part), part.size()});
        ++next_.seq;
        next_.first_event += part.size();
    }
}

void DatagramBuilder::build_spif(const Packet& packet) {
    const std::size_t each = spif_event_bytes(timestamps_);
    words_.resize(std::max(words_.size(), packet.size() * each));
    const std::size_t count = encode_spif(packet.events(), packet.t0_us(), timestamps_, words_.data());
    not_encodable_ += packet.size() - count;
    const std::span<const std::byte> words(words_.data(), count * each);
    for (std::size_t at = 0; at < words.size(); at += per_datagram_ * each) {
        const auto part = words.subspan(at, std::min(per_datagram_ * each, words.size() - at));
        datagrams_.push_back({{}, part, part.size() / each});
    }
}

std::span<const Outgoing> DatagramBuilder::build_end() {
    datagrams_.clear();
    if (next_.seq == 0) return datagrams_;
    next_.end = true;
    headers_[0] = make_framed_header(next_, {});
    datagrams_.push_back({headers_[0], {}, 0});
    return datagrams_;
}

}  // namespace aestream::net
