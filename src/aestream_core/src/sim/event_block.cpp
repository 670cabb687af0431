#include "sim/event_block.hpp"

#include <utility>

namespace aestream::sim {

void EventBlock::grow() {
    const std::size_t used = size();
    events_.resize(2 * events_.size());
    cursor_ = events_.data() + used;
    limit_ = events_.data() + events_.size();
}

Packet EventBlock::sorted(Sensor sensor) {
    places_.fill(0);
    for (const Event* event = events_.data(); event != cursor_; ++event) ++places_[event->t];
    std::uint32_t next = 0;
    for (std::uint32_t& place : places_) next += std::exchange(place, next);
    BufferRef buffer = BufferPool::shared().acquire(size() * sizeof(Event));
    auto* const out = reinterpret_cast<Event*>(buffer->data());
    for (const Event* event = events_.data(); event != cursor_; ++event) out[places_[event->t]++] = *event;
    return {t0_us_, sensor, std::move(buffer), 0, size()};
}

}  // namespace aestream::sim
