// Events that lie in arrays, one a field and of any numeric type, to packets.
#pragma once

#include <cstddef>
#include <cstdint>

#include "aestream_core/packet_writer.hpp"

namespace aestream {

enum class NumberType { i8, i16, i32, i64, u8, u16, u32, u64, f32, f64 };

/// One field of every event, in native byte order.
struct Column {
    const std::byte* data = nullptr;
    std::ptrdiff_t stride_bytes = 0;
    NumberType type = NumberType::i64;
};

/// Sensor time in µs = value * multiplier / divisor + offset_us; what lies between two µs is rounded to the nearest
/// where values are floating point, and down where they are integers.
struct TimeUnit {
    std::int64_t multiplier = 1;
    std::int64_t divisor = 1;
    std::int64_t offset_us = 0;
};

struct EventColumns {
    Column t, x, y;
    Column p;  ///< brighter where above 0: 0 and 1, -1 and 1
    std::size_t count = 0;
};

/// What was left out.
struct ColumnCounters {
    std::uint64_t outside_sensor = 0;
    std::uint64_t impossible_times = 0;  ///< negative, not a number, or beyond 64 bits
};

/// Append events to a writer.
void write_columns(const EventColumns& columns, TimeUnit unit, PacketWriter& writer, ColumnCounters& counters);

/// The largest value of a column of coordinates, at most 65535; 0 where there is none.
[[nodiscard]] std::uint16_t largest_coordinate(const Column& column, std::size_t count);

}  // namespace aestream
