// Between AEDAT4's event structs of 16 bytes and the suite's events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

#include "aestream_core/packet_writer.hpp"

namespace aestream::aedat4 {

/// An event's time cannot be; the message says which.
struct BadTime : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Times in one packet lie closer together than this; anything else is damage, and would scatter events over countless
/// packets.
inline constexpr std::uint64_t largest_span_us = std::uint64_t{1} << 31U;

/// Append a packet's structs as events. Those outside the sensor are dropped and counted in outside_sensor. Throws
/// BadTime; what lies before the fault is in the writer.
void append_events(std::span<const std::byte> structs, PacketWriter& writer, std::uint64_t& outside_sensor);

/// Write events as structs, event_bytes each.
void write_structs(std::span<const Event> events, std::uint64_t t0_us, std::byte* out);

}  // namespace aestream::aedat4
