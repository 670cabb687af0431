// The framed protocol: datagrams that say what they are, which sensor, which number, and whether they are whole.
//
// docs/udp.md describes it bit by bit. All numbers are little-endian; a header of 40 bytes is followed by the event
// records of event.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aestream_core/event.hpp"
#include "aestream_core/packet_writer.hpp"

namespace aestream {

inline constexpr std::size_t framed_header_bytes = 40;
inline constexpr std::uint8_t framed_version = 1;
/// The most events of a datagram: what UDP over IPv4 carries, 65507 bytes.
inline constexpr std::size_t framed_most_events = (65507 - framed_header_bytes) / sizeof(Event);
/// Times lie below this, so that they fit 63 bits whatever is added to a time base.
inline constexpr std::uint64_t framed_latest_t0_us = (std::uint64_t{1} << 63U) - (std::uint64_t{1} << 32U);

/// What a datagram says about itself.
struct FramedHeader {
    bool end = false;               ///< the sender ends its stream with this datagram
    std::uint16_t count = 0;        ///< events in this datagram
    std::uint32_t session = 0;      ///< drawn when the sender starts
    std::uint32_t seq = 0;          ///< datagrams of the session before this one, modulo 2^32
    Sensor sensor;                  ///< size of the sensor
    std::uint64_t first_event = 0;  ///< events of the session before this datagram
    std::uint64_t t0_us = 0;        ///< sensor time that the records count from
};

enum class FramedFault {
    none,
    foreign,   ///< it does not begin as a framed datagram does
    version,   ///< of a version that is not known here
    length,    ///< it is shorter or longer than its header says
    checksum,  ///< damaged on its way
    values,    ///< its header holds what no sender writes
};

/// Whether a datagram claims to be a framed one. No SPIF datagram of events does: its first word has no column.
[[nodiscard]] bool is_framed(std::span<const std::byte> datagram);

/// Check a datagram and read its header, which is valid where the result is FramedFault::none.
[[nodiscard]] FramedFault read_framed_header(std::span<const std::byte> datagram, FramedHeader& header);

/// The records of a datagram that was found whole.
[[nodiscard]] inline std::span<const std::byte> framed_records(std::span<const std::byte> datagram) {
    return datagram.subspan(framed_header_bytes);
}

using FramedHeaderBytes = std::array<std::byte, framed_header_bytes>;

/// The header of a datagram with these records, checksum included.
[[nodiscard]] FramedHeaderBytes make_framed_header(const FramedHeader& header, std::span<const Event> records);

/// Append the records of a whole datagram to a writer; gives how many were left out because they lie outside the
/// writer's sensor.
std::size_t decode_framed(std::span<const std::byte> records, std::uint64_t t0_us, PacketWriter& writer);

}  // namespace aestream
