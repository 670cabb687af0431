// SPIF: the datagrams of SpiNNaker's peripheral interface, of spiffer and of AEStream 0.6.
//
// An event is one little-endian word of 32 bits: bit 31 is 1 where no timestamp follows and 0 where the next word is
// its time, bits 30:16 are x, bit 15 is the polarity, bits 14:0 are y. There is no header and no number. docs/udp.md
// says what each sender makes of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aestream_core/event.hpp"
#include "aestream_core/packet_writer.hpp"
#include "aestream_core/wrapping_counter.hpp"

namespace aestream {

/// A word with this x is no event, whatever sender it comes from: no sensor is wider than max_sensor_side.
inline constexpr std::uint16_t spif_no_column = 0x7fff;

/// What is known of one sender, from datagram to datagram.
struct SpifState {
    WrappingCounter<32> clock;         ///< µs of the sender's clock, of which words hold the low 32 bits
    std::uint64_t outside_sensor = 0;  ///< events that were left out because they lie outside the sensor
    std::uint64_t cut_bytes = 0;       ///< bytes behind the last whole event of a datagram
};

/// Decode one datagram of any length. Events with a timestamp get that time, the others that of the last one before
/// them in the datagram that has one; where there is none, arrival_us. Gives how many events were appended.
std::size_t decode_spif(std::span<const std::byte> datagram, std::uint64_t arrival_us, SpifState& state,
                        PacketWriter& writer);

/// How many bytes an event takes.
[[nodiscard]] constexpr std::size_t spif_event_bytes(bool timestamps) { return timestamps ? 8 : 4; }

/// Write events as words, with the low 32 bits of their times where `timestamps`. `out` has room for all of them.
/// Events that no word can hold (x of 0x7fff and above) are left out; gives how many were written.
std::size_t encode_spif(std::span<const Event> events, std::uint64_t t0_us, bool timestamps, std::byte* out);

}  // namespace aestream
