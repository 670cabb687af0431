// Writes events that bring their full time along, one each: what messages and columns hold.
#pragma once

#include <cstddef>
#include <cstdint>

#include "aestream_core/packet_writer.hpp"

namespace aestream {

/// A block of at most `most_events` put() calls. The writer is whole again when this is gone.
///
/// Keep blocks small (`timed_block_events`): where times jump by more than a packet holds, each jump starts a buffer
/// with room for a block.
class TimedEvents {
public:
    TimedEvents(PacketWriter& writer, std::size_t most_events)
        : writer_(writer), sensor_(writer.sensor()), most_events_(most_events) {
        writer.reserve(most_events);
        out_ = writer.cursor();
    }
    TimedEvents(const TimedEvents&) = delete;
    TimedEvents& operator=(const TimedEvents&) = delete;
    ~TimedEvents() { writer_.advance_to(out_); }

    /// Append an event; where it lies outside the sensor, count it instead.
    void put(std::uint64_t t_us, std::uint32_t x, std::uint32_t y, bool on) {
        std::uint64_t offset_us = t_us - t0_us_;
        if (offset_us >= room_us_) [[unlikely]]
            offset_us = move_to(t_us);
        const bool inside = static_cast<unsigned>(x < sensor_.width) & static_cast<unsigned>(y < sensor_.height);
        *out_ = {static_cast<std::uint32_t>(offset_us), static_cast<std::uint16_t>(x),
                 Event::pack(static_cast<std::uint16_t>(y), on)};
        out_ += inside ? 1 : 0;
        outside_ += inside ? 0 : 1;
    }

    [[nodiscard]] std::uint64_t outside() const { return outside_; }

private:
    std::uint64_t move_to(std::uint64_t t_us) {
        writer_.advance_to(out_);
        const std::uint64_t offset_us = writer_.at(t_us);
        writer_.reserve(most_events_);
        t0_us_ = writer_.t0_us();
        room_us_ = std::uint64_t{1} << 32U;
        out_ = writer_.cursor();
        return offset_us;
    }

    PacketWriter& writer_;
    Sensor sensor_;
    std::size_t most_events_;
    Event* out_ = nullptr;
    std::uint64_t t0_us_ = 0;
    std::uint64_t room_us_ = 0;  ///< 0 until the first event tells where the packet is
    std::uint64_t outside_ = 0;
};

inline constexpr std::size_t timed_block_events = 512;

/// The `index`th little-endian value of a sequence of bytes; the caller knows that it is there.
template <typename T>
[[nodiscard]] T load_at(const std::byte* bytes, std::size_t index = 0) {
    T value{};
    __builtin_memcpy(&value, bytes + index * sizeof(T), sizeof(T));
    return value;
}

}  // namespace aestream
