#include "net/sender.hpp"

#include <cstring>
#include <utility>

namespace aestream::net {

namespace {

/// Events of a SPIF datagram, judged by its first word.
std::size_t events_in(std::span<const std::byte> datagram) {
    std::uint32_t word;
    std::memcpy(&word, datagram.data(), sizeof(word));
    return datagram.size() / spif_event_bytes((word >> 31U) == 0);
}

}  // namespace

bool Sender::is_allowed(std::size_t events, std::uint64_t arrival_us, std::size_t room) {
    last_heard_us_ = arrival_us;
    return events == 0 || (waiting_events() + events <= room && allowance_.take(events, arrival_us));
}

void Sender::count_limited(std::size_t events) {
    ++limited_;
    limited_events_ += events;
}

void Sender::take_spif(std::span<const std::byte> datagram, std::uint64_t arrival_us, std::size_t room) {
    const std::size_t events = events_in(datagram);
    if (is_allowed(events, arrival_us, room)) {
        count(decode_spif(datagram, arrival_us, spif_, writer_));
    } else {
        count_limited(events);
    }
}

/// What is too much is left out behind the sequence, so that it does not count as lost too; nor does a datagram that
/// the sequence leaves out count as too much.
void Sender::take_framed(const FramedHeader& header, std::span<const std::byte> records, std::uint64_t arrival_us,
                         std::size_t room) {
    is_framed_ = true;
    const bool allowed = is_allowed(header.count, arrival_us, room);
    if (!allowed) records = {};
    const std::uint64_t before = window_.left_out();
    if (window_.take(header, records, arrival_us)) deliver(records, header.t0_us);
    if (!allowed && window_.left_out() == before) count_limited(header.count);
    deliver_due(arrival_us);
}

void Sender::deliver(std::span<const std::byte> records, std::uint64_t t0_us) {
    const std::size_t outside = decode_framed(records, t0_us, writer_);
    outside_framed_ += outside;
    count(records.size() / sizeof(Event) - outside);
}

void Sender::deliver_due(std::uint64_t now_us) {
    while (const auto due = window_.next_due(now_us)) deliver(due->records, due->header.t0_us);
}

void Sender::finish(std::uint64_t now_us) {
    deliver_due(now_us);
    writer_.cut();
    for (Packet& packet : writer_.ready) {
        ready_events_ += packet.size();
        ready_.push_back(std::move(packet));
    }
    writer_.ready.clear();
    unfinished_events_ = 0;
}

Packet Sender::take_packet() {
    Packet packet = std::move(ready_.front());
    ready_.pop_front();
    ready_events_ -= packet.size();
    return packet;
}

void Sender::add_to(UdpCounters& counters) const {
    counters.events += taken_events_;
    counters.outside_sensor += spif_.outside_sensor + outside_framed_;
    counters.cut_bytes += spif_.cut_bytes;
    counters.limited += limited_;
    counters.limited_events += limited_events_;
    counters.sequence += window_.counters();
}

}  // namespace aestream::net
