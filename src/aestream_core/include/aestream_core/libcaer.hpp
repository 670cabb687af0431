// The encodings of iniVation cameras in ROS (libcaer, libcaer_cmp), and the older mono and trigger.
// Their layouts: github.com/ros-event-camera/event_camera_codecs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aestream_core/decoder.hpp"
#include "aestream_core/packet_writer.hpp"
#include "aestream_core/side_records.hpp"

namespace aestream {

/// Decode one message of libcaer's polarity events: uint32 (bit 0 valid, 1 polarity, 16:2 y, 31:17 x), then int32 µs
/// since the time base. Where the 31-bit clock falls by more than half its range it has rolled over. Events that are
/// marked invalid count as skipped words.
void decode_libcaer(std::span<const std::byte> events, std::uint64_t time_base_ns, PacketWriter& writer,
                    DecodeCounters& counters);

/// Encode events as decode_libcaer reads them, 8 bytes each; their times must lie less than 2^30 µs after base_us.
std::size_t encode_libcaer(const Packet& packet, std::uint64_t base_us, std::byte* out);

/// Decode one message of 16-bit words with the type in the top 4 bits: time (24 bits, µs since the time base), x, y
/// with polarity, and vectors of 8 rows. Every message starts from time 0, x 0, y 0.
void decode_libcaer_cmp(std::span<const std::byte> events, std::uint64_t time_base_ns, PacketWriter& writer,
                        DecodeCounters& counters);

/// Encode events as decode_libcaer_cmp reads them, at most 8 bytes each, in order; their times must lie less than 2^24
/// µs after base_us. Throws InvalidArgument for coordinates above 2047.
std::size_t encode_libcaer_cmp(const Packet& packet, std::uint64_t base_us, std::byte* out);

/// Decode one message of 64-bit words: bits 31:0 ns since the time base, 47:32 x, 62:48 y, 63 polarity.
void decode_mono(std::span<const std::byte> events, std::uint64_t time_base_ns, PacketWriter& writer,
                 DecodeCounters& counters);

/// Encode events as decode_mono reads them, 8 bytes each; their times must lie less than 4294968 µs after base_us.
std::size_t encode_mono(const Packet& packet, std::uint64_t base_us, std::byte* out);

/// Read one message of trigger edges, 64-bit words: bits 31:0 ns since the time base, 62:48 input, 63 rising.
void decode_trigger(std::span<const std::byte> events, std::uint64_t time_base_ns, SideRecords* side,
                    DecodeCounters& counters);

}  // namespace aestream
