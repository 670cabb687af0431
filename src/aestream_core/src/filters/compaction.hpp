// The loops that filters share: keep some events without a branch, or move all of them.
#pragma once

#include <utility>

#include "aestream_core/packet.hpp"

namespace aestream::filters {

/// A packet of the first `count` events of a buffer, with the time base and number of another packet.
inline Packet packet_like(const Packet& packet, Sensor sensor, BufferRef buffer, std::size_t count) {
    Packet result(packet.t0_us(), sensor, std::move(buffer), 0, count);
    result.seq = packet.seq;
    return result;
}

/// The events that `keep(event)` accepts, called once for each in stream order. The same packet where it accepts all.
template <typename Keep>
[[gnu::always_inline]] inline Packet compact(const Packet& packet, Keep keep) {
    BufferRef buffer = BufferPool::shared().acquire(packet.size() * sizeof(Event));
    auto* const out = reinterpret_cast<Event*>(buffer->data());
    const Event* const events = packet.events().data();
    const std::size_t count = packet.size();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const Event event = events[i];
        out[kept] = event;
        kept += keep(event) ? 1U : 0U;
    }
    if (kept == count) return packet;
    return packet_like(packet, packet.sensor(), std::move(buffer), kept);
}

/// Every event as `move(event)` gives it, on another sensor.
template <typename Move>
[[gnu::always_inline]] inline Packet moved(const Packet& packet, Sensor sensor, Move move) {
    BufferRef buffer = BufferPool::shared().acquire(packet.size() * sizeof(Event));
    auto* const __restrict out = reinterpret_cast<Event*>(buffer->data());
    const Event* const __restrict events = packet.events().data();
    const std::size_t count = packet.size();
    for (std::size_t i = 0; i < count; ++i) out[i] = move(events[i]);
    return packet_like(packet, sensor, std::move(buffer), count);
}

}  // namespace aestream::filters
