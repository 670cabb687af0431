// Builds packets from events with absolute times: what every decoder and the simulator write into.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "aestream_core/packet.hpp"

namespace aestream {

/// Appends events to a growing pool buffer.
///
/// A decoder's inner loop: call `reserve(n)` once per block and `at(t_us)` whenever the clock moves, then
/// `put(offset, x, yp)` per event. The writer starts a new packet by itself where an offset no longer fits in 32 bits;
/// finished packets wait in `ready`.
class PacketWriter {
public:
    explicit PacketWriter(Sensor sensor, std::size_t first_capacity_events = 1U << 14U);

    /// Make room for that many further events. Call before put().
    void reserve(std::size_t more_events) {
        if (static_cast<std::size_t>(limit_ - cursor_) < more_events) grow(more_events);
    }

    /// Turn a sensor time into the offset that put() takes. May rebase the packet or cut it: offsets from earlier calls
    /// are void afterwards.
    [[nodiscard]] std::uint32_t at(std::uint64_t t_us) {
        const std::uint64_t offset = t_us - t0_us_;
        if (started_ && offset <= UINT32_MAX) [[likely]]
            return static_cast<std::uint32_t>(offset);
        return start_or_move(t_us);
    }

    /// Append one event. Room must have been reserved; x and y must lie on the sensor.
    void put(std::uint32_t offset_us, std::uint16_t x, std::uint16_t yp) { *cursor_++ = Event{offset_us, x, yp}; }

    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(cursor_ - begin_); }
    [[nodiscard]] Sensor sensor() const { return sensor_; }
    [[nodiscard]] std::uint64_t t0_us() const { return t0_us_; }
    /// Events of the packet under construction, writable (the simulator sorts in place).
    [[nodiscard]] Event* begin() { return begin_; }

    /// Where put() would write next: a decoder that writes in place stores whole events from here on, no more than were
    /// reserved, and then says how far it came. Void after reserve(), at() and cut().
    [[nodiscard]] Event* cursor() { return cursor_; }
    void advance_to(Event* cursor) { cursor_ = cursor; }

    /// Close the packet under construction, if it has events, and append it to `ready`.
    void cut();

    std::vector<Packet> ready;  ///< finished packets, oldest first; the caller takes them out

private:
    /// Close the packet under construction; the next one goes on in the same buffer, so that a clock that jumps from
    /// event to event costs no memory.
    void split();
    void grow(std::size_t more_events);
    std::uint32_t start_or_move(std::uint64_t t_us);

    Sensor sensor_;
    std::size_t first_capacity_events_;
    std::uint64_t t0_us_ = 0;
    bool started_ = false;
    BufferRef buffer_;
    Event* begin_ = nullptr;
    Event* cursor_ = nullptr;
    Event* limit_ = nullptr;
};

}  // namespace aestream
