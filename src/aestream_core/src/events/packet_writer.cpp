#include "aestream_core/packet_writer.hpp"

#include <algorithm>
#include <cstring>

namespace aestream {

namespace {
// Packets begin on this grid, so that an event that comes a few µs late seldom lies before its packet's base.
constexpr std::uint64_t base_grid_us = 4096;
/// A base for a packet that goes back to t_us. It leaves as much room as the packet spans, so that a clock that runs
/// backwards moves the base a few times in a packet, not once an event.
std::uint64_t base_before(std::uint64_t t_us, std::uint64_t last_us) {
    const std::uint64_t span_us = last_us > t_us ? last_us - t_us : 0;
    return (t_us - std::min(t_us, span_us)) & ~(base_grid_us - 1);
}
}  // namespace

PacketWriter::PacketWriter(Sensor sensor, std::size_t first_capacity_events)
    : sensor_(sensor), first_capacity_events_(first_capacity_events) {}

void PacketWriter::grow(std::size_t more_events) {
    const std::size_t used = size();
    const std::size_t wanted = std::max({used + more_events, 2 * used, first_capacity_events_});
    BufferRef larger = BufferPool::shared().acquire(wanted * sizeof(Event));
    auto* events = reinterpret_cast<Event*>(larger->data());
    if (used > 0) std::memcpy(events, begin_, used * sizeof(Event));
    buffer_ = std::move(larger);
    begin_ = events;
    cursor_ = events + used;
    limit_ = events + buffer_->capacity_bytes() / sizeof(Event);
}

std::uint32_t PacketWriter::start_or_move(std::uint64_t t_us) {
    const std::uint64_t last_us =
        size() == 0 ? t_us : t0_us_ + std::max_element(begin_, cursor_, [](Event a, Event b) { return a.t < b.t; })->t;
    const std::uint64_t base_us = base_before(t_us, last_us);
    if (size() > 0 && t_us < t0_us_ && last_us - base_us <= UINT32_MAX) {
        const auto shift = static_cast<std::uint32_t>(t0_us_ - base_us);
        for (Event* event = begin_; event != cursor_; ++event) event->t += shift;
        t0_us_ = base_us;
        return static_cast<std::uint32_t>(t_us - t0_us_);
    }
    split();
    t0_us_ = t_us & ~(base_grid_us - 1);
    started_ = true;
    return static_cast<std::uint32_t>(t_us - t0_us_);
}

void PacketWriter::split() {
    if (size() > 0) {
        const auto* const first = reinterpret_cast<const Event*>(buffer_->data());
        ready.emplace_back(t0_us_, sensor_, buffer_, static_cast<std::size_t>(begin_ - first), size());
    }
    begin_ = cursor_;
    started_ = false;
}

void PacketWriter::cut() {
    split();
    buffer_.reset();
    begin_ = cursor_ = limit_ = nullptr;
    started_ = false;
}

}  // namespace aestream
