#include "aestream_core/stream.hpp"

namespace aestream {

namespace {
// Sensors report events a few µs late; a stream is over once everything in a packet lies this far behind its end.
constexpr std::uint64_t lateness_us = 100'000;
}  // namespace

PacketStream between(PacketStream upstream, std::uint64_t start_us, std::uint64_t stop_us) {
    const std::uint64_t over_us = stop_us > UINT64_MAX - lateness_us ? UINT64_MAX : stop_us + lateness_us;
    for (Packet& packet : upstream) {
        if (!packet.empty() && packet.first_us() >= over_us && packet.last_us() >= over_us) co_return;
        Packet part = packet.slice_time(start_us, stop_us);
        if (!part.empty()) co_yield std::move(part);
    }
}

}  // namespace aestream
