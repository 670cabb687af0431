#include "aestream_core/packet.hpp"

#include <algorithm>

#include "aestream_core/multiversion.hpp"

namespace aestream {

namespace {

AESTREAM_MULTIVERSION
bool ascending(const Event* events, std::size_t count) {
    constexpr std::size_t block = 4096;
    for (std::size_t from = 1; from < count; from += block) {
        const std::size_t to = std::min(from + block, count);
        unsigned falls = 0;
        for (std::size_t i = from; i < to; ++i) falls += events[i].t < events[i - 1].t ? 1U : 0U;
        if (falls != 0) return false;
    }
    return true;
}

AESTREAM_MULTIVERSION
std::uint32_t latest_offset(const Event* events, std::size_t count) {
    std::uint32_t latest = 0;
    for (std::size_t i = 0; i < count; ++i) latest = std::max(latest, events[i].t);
    return latest;
}

/// Index of the first event whose offset is at or after `offset`; blocks are searched whole, so that this vectorises.
AESTREAM_MULTIVERSION
std::size_t first_at_or_after(const Event* events, std::size_t count, std::uint32_t offset) {
    constexpr std::size_t block = 64;
    std::size_t at = 0;
    for (; at + block <= count; at += block) {
        unsigned hits = 0;
        for (std::size_t i = 0; i < block; ++i) hits += events[at + i].t >= offset ? 1U : 0U;
        if (hits != 0) break;
    }
    while (at < count && events[at].t < offset) ++at;
    return at;
}

/// Copy the events that `keep` accepts into a fresh buffer.
template <typename Keep>
Packet copy_if(const Packet& packet, Keep keep) {
    BufferRef buffer = BufferPool::shared().acquire(packet.size() * sizeof(Event));
    auto* out = reinterpret_cast<Event*>(buffer->data());
    std::size_t count = 0;
    for (const Event event : packet.events()) {
        out[count] = event;
        count += keep(event) ? 1U : 0U;
    }
    Packet kept(packet.t0_us(), packet.sensor(), std::move(buffer), 0, count);
    kept.seq = packet.seq;
    return kept;
}

}  // namespace

bool Packet::is_time_ordered() const { return ascending(events().data(), count_); }

std::uint64_t Packet::latest_us() const { return t0_us_ + latest_offset(events().data(), count_); }

std::size_t Packet::find_first_at_or_after(std::uint64_t t_us) const {
    if (t_us <= t0_us_) return 0;
    const std::uint64_t offset = t_us - t0_us_;
    if (offset > UINT32_MAX) return count_;
    return first_at_or_after(events().data(), count_, static_cast<std::uint32_t>(offset));
}

Packet Packet::slice_time(std::uint64_t start_us, std::uint64_t stop_us) const {
    if (is_time_ordered()) {
        const std::size_t from = find_first_at_or_after(start_us);
        const std::size_t to = find_first_at_or_after(stop_us);
        return view(from, std::max(from, to));
    }
    return copy_if(*this, [&](Event event) {
        const std::uint64_t t_us = t0_us_ + event.t;
        return t_us >= start_us && t_us < stop_us;
    });
}

Packet Packet::slice_region(std::uint16_t x0, std::uint16_t y0, std::uint16_t x1, std::uint16_t y1) const {
    return copy_if(*this,
                   [=](Event event) { return event.x >= x0 && event.x < x1 && event.y() >= y0 && event.y() < y1; });
}

}  // namespace aestream
