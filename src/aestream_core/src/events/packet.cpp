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

std::size_t Packet::find_first_at_or_after(std::uint64_t t_us) const {
    if (t_us <= t0_us_) return 0;
    const std::uint64_t offset = t_us - t0_us_;
    if (offset > UINT32_MAX) return count_;
    const auto all = events();
    const auto found = std::ranges::find_if(all, [offset](Event event) { return event.t >= offset; });
    return static_cast<std::size_t>(found - all.begin());
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
    return copy_if(*this, [=](Event event) {
        return event.x >= x0 && event.x < x1 && event.y() >= y0 && event.y() < y1;
    });
}

}  // namespace aestream
