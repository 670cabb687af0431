// The .bin files of N-MNIST and N-Caltech101: five bytes an event.
// The layout: garrickorchard.com/datasets/n-mnist; the overflow records: its reader, github.com/gorchard/event-Python.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aestream_core/packet_writer.hpp"
#include "aestream_core/partial_record.hpp"

namespace aestream {

inline constexpr std::size_t nmnist_record_bytes = 5;
/// A record of this row is none of an event: the sensor's clock overflowed.
inline constexpr std::uint8_t nmnist_overflow_row = 240;

/// Everything a decoder remembers between two pieces of a file; a fresh one is the reset.
struct NmnistState {
    PartialRecord<nmnist_record_bytes> partial;
    std::uint64_t base_us = 0;         ///< added to the 23-bit times
    std::uint32_t last_us = 0;         ///< 23-bit time of the last event
    std::uint64_t outside_sensor = 0;  ///< events dropped because they lie outside the sensor
};

/// Decode bytes, cut anywhere, into events. Overflow records add 8192 µs to all times after them; a 23-bit time that
/// falls by more than half its range has wrapped.
void decode_nmnist(NmnistState& state, std::span<const std::byte> bytes, PacketWriter& writer);

}  // namespace aestream
