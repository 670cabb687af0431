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

/// Encode events as decode_event_array_cdr reads them: 16 bytes each, less 3 at the end. Throws InvalidArgument for
/// times of 2^31 s or more, which the message's signed seconds do not hold. base_us is not used.
std::size_t encode_event_array_cdr(const Packet& packet, std::uint64_t base_us, std::byte* out);

/// The same as ROS 1 serialises them: the same fields without padding, 13 bytes an event.
void decode_event_array_ros1(std::span<const std::byte> events, PacketWriter& writer, DecodeCounters& counters);

}  // namespace aestream
