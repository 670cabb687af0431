// The event sequences of dvs_msgs/EventArray and its likes: an x, y, time and polarity for every event.
#pragma once

#include <cstddef>
#include <span>

#include "aestream_core/decoder.hpp"
#include "aestream_core/packet_writer.hpp"

namespace aestream {

/// Decode events as ROS 2 serialises them (CDR), from the first event on: uint16 x, y, uint32 s and ns, bool polarity,
/// each aligned to its own size. The bytes start at a multiple of 4 of the message.
void decode_event_array_cdr(std::span<const std::byte> events, PacketWriter& writer, DecodeCounters& counters);

/// The same as ROS 1 serialises them: the same fields without padding, 13 bytes an event.
void decode_event_array_ros1(std::span<const std::byte> events, PacketWriter& writer, DecodeCounters& counters);

}  // namespace aestream
