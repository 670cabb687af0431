// Events of a few simulation steps, gathered row by row and then put in order of time.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "aestream_core/packet.hpp"

namespace aestream::sim {

/// Gathers events whose times lie within max_length_us of the block's start, in any order.
class EventBlock {
public:
    static constexpr std::uint32_t max_length_us = 5120;

    void start(std::uint64_t t0_us) {
        t0_us_ = t0_us;
        cursor_ = events_.data();
    }

    [[nodiscard]] std::uint64_t t0_us() const { return t0_us_; }
    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(cursor_ - events_.data()); }

    /// Append one event, offset_us < max_length_us after the block's start.
    void add(std::uint32_t offset_us, std::uint16_t x, std::uint16_t yp) {
        if (cursor_ == limit_) [[unlikely]]
            grow();
        *cursor_++ = Event{offset_us, x, yp};
    }

    /// Memory for that many more events; tell added_until() how far it was written.
    [[nodiscard]] Event* room_for(std::size_t count) {
        while (static_cast<std::size_t>(limit_ - cursor_) < count) grow();
        return cursor_;
    }
    void added_until(Event* cursor) { cursor_ = cursor; }

    /// Copy the events, in order of time, into a packet of their own; events of one µs keep their order.
    [[nodiscard]] Packet sorted(Sensor sensor);

private:
    void grow();

    std::uint64_t t0_us_ = 0;
    std::vector<Event> events_ = std::vector<Event>(1U << 14U);
    Event* cursor_ = events_.data();
    Event* limit_ = events_.data() + events_.size();
    std::array<std::uint32_t, max_length_us> places_{};
};

}  // namespace aestream::sim
