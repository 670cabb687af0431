// A packet: the unit that streams, nodes and surfaces hand to each other, by reference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "aestream_core/buffer_pool.hpp"
#include "aestream_core/event.hpp"

namespace aestream {

/// A view on consecutive events in a reference-counted buffer. Copying a packet copies the reference, not the events.
///
/// Events are in stream order. Time is nearly always ascending, but some sensors report events a few µs late, and the
/// record says what the sensor said: never assume sorted times without checking is_time_ordered().
class Packet {
public:
    Packet() = default;
    Packet(std::uint64_t t0_us, Sensor sensor, BufferRef buffer, std::size_t first, std::size_t count)
        : t0_us_(t0_us), sensor_(sensor), buffer_(std::move(buffer)), first_(first), count_(count) {}

    std::uint64_t seq = 0;  ///< position in its stream, counted from 0

    [[nodiscard]] std::uint64_t t0_us() const { return t0_us_; }
    [[nodiscard]] Sensor sensor() const { return sensor_; }
    [[nodiscard]] std::size_t size() const { return count_; }
    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] const BufferRef& buffer() const { return buffer_; }

    [[nodiscard]] std::span<const Event> events() const {
        if (!buffer_) return {};
        return {reinterpret_cast<const Event*>(buffer_->data()) + first_, count_};
    }

    /// Sensor time of one event in µs.
    [[nodiscard]] std::uint64_t time_us(std::size_t index) const { return t0_us_ + events()[index].t; }
    [[nodiscard]] std::uint64_t first_us() const { return empty() ? t0_us_ : time_us(0); }
    [[nodiscard]] std::uint64_t last_us() const { return empty() ? t0_us_ : time_us(count_ - 1); }

    /// The largest of all times; that is not the last event's where one came late.
    [[nodiscard]] std::uint64_t latest_us() const;

    /// A view on events [from, to) of this packet, in the same buffer.
    [[nodiscard]] Packet view(std::size_t from, std::size_t to) const {
        Packet part(t0_us_, sensor_, buffer_, first_ + from, to - from);
        part.seq = seq;
        return part;
    }

    [[nodiscard]] bool is_time_ordered() const;

    /// Index of the first event at or after t_us in stream order; size() where there is none.
    [[nodiscard]] std::size_t find_first_at_or_after(std::uint64_t t_us) const;

    /// Events with start_us <= time < stop_us. A view where times ascend, else a copy.
    [[nodiscard]] Packet slice_time(std::uint64_t start_us, std::uint64_t stop_us) const;

    /// Events with x0 <= x < x1 and y0 <= y < y1; coordinates and sensor stay as they are. A copy.
    [[nodiscard]] Packet slice_region(std::uint16_t x0, std::uint16_t y0, std::uint16_t x1, std::uint16_t y1) const;

private:
    std::uint64_t t0_us_ = 0;
    Sensor sensor_{};
    BufferRef buffer_;
    std::size_t first_ = 0;
    std::size_t count_ = 0;
};

}  // namespace aestream
