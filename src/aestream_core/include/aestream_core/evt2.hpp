// EVT2, the 32-bit event words of Prophesee sensors: decoding and encoding.
// The word layout: docs.prophesee.ai, "EVT 2.0 format".
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aestream_core/decoder.hpp"
#include "aestream_core/packet.hpp"
#include "aestream_core/packet_writer.hpp"
#include "aestream_core/partial_record.hpp"
#include "aestream_core/raw_packet.hpp"
#include "aestream_core/side_records.hpp"
#include "aestream_core/wrapping_counter.hpp"

namespace aestream {

/// TIME_HIGH of EVT2 and EVT2.1: time >> 6 in 28 bits, which wrap after 4 h 46 min.
using Evt2Clock = WrappingCounter<28>;
inline constexpr unsigned evt2_low_bits = 6;
inline constexpr std::uint64_t evt2_wrap_us = Evt2Clock::range << evt2_low_bits;

/// Everything a decoder remembers between two pieces of a stream; a fresh one is the reset.
struct Evt2State {
    Evt2Clock high;
    PartialRecord<4> partial;
    DecodeCounters counters;
};

/// Decode bytes, cut anywhere, into events; triggers go to `side` where it is not null. Times are as the stream says
/// them, not made ascending.
void decode_evt2(Evt2State& state, std::span<const std::byte> bytes, PacketWriter& writer, SideRecords* side = nullptr);

/// What an encoder remembers between the packets of one file.
struct Evt2EncodeState {
    Evt2Clock high;
};

/// Most bytes that encode_evt2 writes for that packet. Throws InvalidArgument where its time lies over 2^52 µs (142
/// years) ahead.
[[nodiscard]] std::size_t evt2_bound(const Packet& packet, const Evt2EncodeState& state);

/// Encode a packet; returns the bytes written. Order and times are kept exactly, over any gap. Throws InvalidArgument,
/// and changes nothing, for coordinates above 2047 and for steps back in time of more than 2 h 23 min, or over a wrap
/// of the clock by more than 4.19 s.
std::size_t encode_evt2(const Packet& packet, Evt2EncodeState& state, std::byte* out);

/// Cut an undecoded EVT2 stream as frame_evt3 does. Times are those of TIME_HIGH words: multiples of 64 µs.
RawStream frame_evt2(ByteStream source, FrameOptions options);

}  // namespace aestream
