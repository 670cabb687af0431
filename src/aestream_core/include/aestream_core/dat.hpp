// DAT, Prophesee's fixed-size records of 32-bit time and 32-bit place: decoding and encoding.
// The record layout: docs.prophesee.ai, "DAT file format".
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aestream_core/decoder.hpp"
#include "aestream_core/packet.hpp"
#include "aestream_core/packet_writer.hpp"
#include "aestream_core/partial_record.hpp"
#include "aestream_core/wrapping_counter.hpp"

namespace aestream {

/// Time in µs in 32 bits, which wrap after 71.6 minutes.
using DatClock = WrappingCounter<32>;
inline constexpr std::size_t dat_record_bytes = 8;
inline constexpr std::uint32_t dat_largest_coordinate = (1U << 14U) - 1;

/// Everything a decoder remembers between two pieces of a stream.
struct DatState {
    DatClock clock;
    PartialRecord<dat_record_bytes> partial;
    DecodeCounters counters;
};

/// Decode records, cut anywhere, into events. Times are as the records say them, not made ascending.
void decode_dat(DatState& state, std::span<const std::byte> bytes, PacketWriter& writer);

/// What an encoder remembers between the packets of one file.
struct DatEncodeState {
    DatClock clock;
};

/// Encode a packet into packet.size() records. Order and times are kept exactly. Throws InvalidArgument, and changes
/// nothing, for coordinates above 16383 and for steps in time that a decoder could not follow: ahead by more than 35.8
/// minutes over a wrap of the clock, back by more than that, or back over a wrap by more than 1.05 s.
void encode_dat(const Packet& packet, DatEncodeState& state, std::byte* out);

}  // namespace aestream
