// Event Stream (ES) 2: events as differences in time, a few bytes each.
// The layout: github.com/neuromorphic-paris/event_stream, "Version 2.0".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "aestream_core/byte_sink.hpp"
#include "aestream_core/packet.hpp"
#include "aestream_core/packet_writer.hpp"

namespace aestream {

/// What a stream's events are; the header says it.
enum class EsKind : std::uint8_t {
    generic = 0,  ///< bytes without coordinates
    dvs = 1,      ///< time, x, y, polarity
    atis = 2,     ///< the same, and exposure measurements as pairs of threshold crossings
    display = 3,  ///< of a display, without the sensor's size
    color = 4,    ///< time, x, y, red, green, blue
};

struct EsHeader {
    std::array<std::uint8_t, 3> version{};
    EsKind kind = EsKind::generic;
    Sensor sensor;  ///< 0 by 0 for the kinds that do not say it
    std::size_t size_bytes = 0;
};

/// Largest header; fewer bytes are enough for streams without a sensor.
inline constexpr std::size_t es_header_bytes = 20;

/// Read a header; nothing where the bytes begin with something else or end inside it.
[[nodiscard]] std::optional<EsHeader> parse_es_header(std::span<const std::byte> head);

/// Everything a decoder remembers between two pieces of a stream; a fresh one is the reset.
struct EsState {
    EsKind kind = EsKind::dvs;
    std::uint8_t partial_bytes = 0;      ///< bytes of a record whose rest has not come yet
    std::array<std::byte, 8> partial{};  ///< those bytes
    std::uint64_t t_us = 0;              ///< time of the last record
    std::uint64_t outside_sensor = 0;    ///< events dropped because they lie outside the sensor
    std::uint64_t exposure_records = 0;  ///< threshold crossings of ATIS streams, not delivered
};

/// Whether a state that was stored somewhere is one that decoding leaves behind.
[[nodiscard]] bool is_possible(const EsState& state);

/// Decode bytes after the header, cut anywhere, into events. The file counts rows from the bottom; events count them
/// from the top of the writer's sensor. Colour events have no polarity and are delivered as ON events. The kind must be
/// dvs, atis or color.
void decode_es(EsState& state, std::span<const std::byte> bytes, PacketWriter& writer);

/// What an encoder remembers between the packets of one file.
struct EsEncodeState {
    std::uint64_t t_us = 0;  ///< time of the last event, or the one that the file's time 0 stands for
};

/// Longest gap between two events that is written: every 127 µs of it are a byte.
inline constexpr std::uint64_t es_longest_gap_us = 3'600'000'000;

void put_es_header(Sensor sensor, ByteSink& out);

/// Append a packet as DVS events. Throws InvalidArgument where times do not ascend, the gap before an event is longer
/// than es_longest_gap_us, or an event lies outside the sensor; nothing is written then.
void encode_es(EsEncodeState& state, const Packet& packet, Sensor sensor, ByteSink& out);

}  // namespace aestream
