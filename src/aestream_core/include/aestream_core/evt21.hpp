// EVT2.1, the 64-bit event words of Prophesee sensors: 32 neighbouring pixels a word. Decoding and encoding.
// The word layout: docs.prophesee.ai, "EVT 2.1 format".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "aestream_core/evt2.hpp"

namespace aestream {

/// How the two 32-bit halves of a word follow each other: sensors differ.
enum class Evt21WordOrder : std::uint8_t {
    current,  ///< a plain little-endian 64-bit number: mask first (GenX320)
    legacy,   ///< the half with type, time and place first (IMX636)
};

/// Judge the order by a stream's first bytes: words of types that exist, places on a multiple of 32, a clock that does
/// not jump. Nothing where neither fits better.
[[nodiscard]] std::optional<Evt21WordOrder> guess_evt21_order(std::span<const std::byte> bytes);

/// Everything a decoder remembers between two pieces of a stream.
struct Evt21State {
    Evt21WordOrder order = Evt21WordOrder::current;
    Evt2Clock high;
    PartialRecord<8> partial;
    DecodeCounters counters;
};

/// Decode bytes, cut anywhere, into events; triggers go to `side` where it is not null.
void decode_evt21(Evt21State& state, std::span<const std::byte> bytes, PacketWriter& writer,
                  SideRecords* side = nullptr);

/// What an encoder remembers between the packets of one file.
struct Evt21EncodeState {
    Evt21WordOrder order = Evt21WordOrder::current;
    Evt2Clock high;
};

/// Most bytes that encode_evt21 writes for that packet. Throws as evt2_bound does.
[[nodiscard]] std::size_t evt21_bound(const Packet& packet, const Evt21EncodeState& state);

/// Encode a packet; returns the bytes written. Events in a row with the same time, row, polarity and group of 32
/// columns share a word where their columns ascend, so that order is kept exactly. Throws as encode_evt2 does.
std::size_t encode_evt21(const Packet& packet, Evt21EncodeState& state, std::byte* out);

/// Cut an undecoded EVT2.1 stream as frame_evt2 does. The words of the pieces are in the current order, whatever that
/// of the stream is: messages do not say it.
RawStream frame_evt21(ByteStream source, FrameOptions options, Evt21WordOrder order);

}  // namespace aestream
