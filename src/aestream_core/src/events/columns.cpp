#include "aestream_core/columns.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "aestream_core/multiversion.hpp"
#include "codecs/timed_events.hpp"

namespace aestream {

namespace {

constexpr std::size_t block = timed_block_events;
constexpr std::uint64_t impossible = UINT64_MAX;
constexpr std::uint16_t outside_every_sensor = UINT16_MAX;
constexpr double largest_time_us = 9.2e18;

/// Narrow a coordinate. What does not fit 15 bits becomes something that does not either: no sensor is that large.
template <typename T>
std::uint16_t to_coordinate(T value) {
    if constexpr (std::is_floating_point_v<T>) {
        const bool fits = value > T{-1} && value < T{outside_every_sensor};
        return fits ? static_cast<std::uint16_t>(value) : outside_every_sensor;
    } else if constexpr (sizeof(T) <= 2) {
        return static_cast<std::uint16_t>(value);
    } else {
        using Bits = std::make_unsigned_t<T>;
        return static_cast<std::uint16_t>(std::min<Bits>(static_cast<Bits>(value), outside_every_sensor));
    }
}

template <typename T>
std::uint64_t to_time_us(T value, TimeUnit unit) {
    if constexpr (std::is_floating_point_v<T>) {
        const double t_us = std::nearbyint(static_cast<double>(value) * static_cast<double>(unit.multiplier) /
                                           static_cast<double>(unit.divisor)) +
                            static_cast<double>(unit.offset_us);
        return t_us >= 0 && t_us < largest_time_us ? static_cast<std::uint64_t>(t_us) : impossible;
    } else {
        const std::int64_t limit = std::numeric_limits<std::int64_t>::max() / 2 / unit.multiplier;
        if (std::is_unsigned_v<T>
                ? static_cast<std::uint64_t>(value) > static_cast<std::uint64_t>(limit)
                : static_cast<std::int64_t>(value) > limit || static_cast<std::int64_t>(value) < -limit)
            return impossible;
        const std::int64_t scaled = static_cast<std::int64_t>(value) * unit.multiplier;
        const std::int64_t below = scaled >= 0 ? 0 : unit.divisor - 1;
        const std::int64_t floored = (scaled - below) / unit.divisor;
        const std::int64_t t_us = floored + unit.offset_us;
        return t_us >= 0 ? static_cast<std::uint64_t>(t_us) : impossible;
    }
}

/// Most files hold µs: adding is all there is to do. A result beyond 62 bits was negative, or is as good as that.
template <typename T>
std::uint64_t plus_offset_us(T value, std::int64_t offset_us) {
    const std::uint64_t moved_us = static_cast<std::uint64_t>(value) + static_cast<std::uint64_t>(offset_us);
    return moved_us >> 62U == 0 ? moved_us : impossible;
}

template <typename T, typename To, typename Convert>
void load_as(const Column& column, std::size_t from, std::size_t count, To* out, Convert convert) {
    const std::byte* at = column.data + static_cast<std::ptrdiff_t>(from) * column.stride_bytes;
    if (column.stride_bytes == static_cast<std::ptrdiff_t>(sizeof(T))) {
        for (std::size_t i = 0; i < count; ++i) out[i] = convert(load_at<T>(at, i));
        return;
    }
    for (std::size_t i = 0; i < count; ++i, at += column.stride_bytes) out[i] = convert(load_at<T>(at));
}

/// Call `use` with a value of the column's type.
template <typename Use>
void with_type(NumberType type, Use use) {
    switch (type) {
        case NumberType::i8:
            return use(std::int8_t{});
        case NumberType::i16:
            return use(std::int16_t{});
        case NumberType::i32:
            return use(std::int32_t{});
        case NumberType::i64:
            return use(std::int64_t{});
        case NumberType::u8:
            return use(std::uint8_t{});
        case NumberType::u16:
            return use(std::uint16_t{});
        case NumberType::u32:
            return use(std::uint32_t{});
        case NumberType::u64:
            return use(std::uint64_t{});
        case NumberType::f32:
            return use(float{});
        case NumberType::f64:
            return use(double{});
    }
}

void load_times(const Column& column, TimeUnit unit, std::size_t from, std::size_t count, std::uint64_t* out) {
    with_type(column.type, [&](auto sample) {
        using T = decltype(sample);
        if constexpr (std::is_integral_v<T>) {
            if (unit.multiplier == 1 && unit.divisor == 1) {
                load_as<T>(column, from, count, out, [&](T value) { return plus_offset_us(value, unit.offset_us); });
                return;
            }
        }
        load_as<T>(column, from, count, out, [&](T value) { return to_time_us(value, unit); });
    });
}

void load_coordinates(const Column& column, std::size_t from, std::size_t count, std::uint16_t* out) {
    with_type(column.type, [&](auto sample) {
        using T = decltype(sample);
        load_as<T>(column, from, count, out, [](T value) { return to_coordinate(value); });
    });
}

void load_polarities(const Column& column, std::size_t from, std::size_t count, std::uint8_t* out) {
    with_type(column.type, [&](auto sample) {
        using T = decltype(sample);
        load_as<T>(column, from, count, out, [](T value) { return static_cast<std::uint8_t>(value > T{0} ? 1 : 0); });
    });
}

/// A block of events in one form, whatever the arrays hold.
struct Block {
    std::array<std::uint64_t, block> t_us;
    std::array<std::uint16_t, block> x;
    std::array<std::uint16_t, block> y;
    std::array<std::uint8_t, block> on;
};

/// Whether all events lie on the sensor and within the packet that begins at t0_us.
AESTREAM_MULTIVERSION
bool all_fit(const Block& events, std::size_t count, std::uint64_t t0_us, Sensor sensor) {
    std::uint64_t offsets = 0;
    unsigned outside = 0;
    for (std::size_t i = 0; i < count; ++i) offsets |= events.t_us[i] - t0_us;
    for (std::size_t i = 0; i < count; ++i) {
        outside |=
            static_cast<unsigned>(events.x[i] >= sensor.width) | static_cast<unsigned>(events.y[i] >= sensor.height);
    }
    return offsets >> 32U == 0 && outside == 0;
}

AESTREAM_MULTIVERSION
void interleave(const Block& events, std::size_t count, std::uint64_t t0_us, Event* out) {
    for (std::size_t i = 0; i < count; ++i) {
        const auto yp = static_cast<std::uint16_t>(events.y[i] | events.on[i] << 15U);
        out[i] = {static_cast<std::uint32_t>(events.t_us[i] - t0_us), events.x[i], yp};
    }
}

/// Append a block as it is, as nearly all are; false where its events have to be looked at one by one.
bool put_whole(const Block& events, std::size_t count, PacketWriter& writer) {
    if (events.t_us[0] == impossible) return false;
    static_cast<void>(writer.at(events.t_us[0]));
    if (!all_fit(events, count, writer.t0_us(), writer.sensor())) return false;
    writer.reserve(count);
    interleave(events, count, writer.t0_us(), writer.cursor());
    writer.advance_to(writer.cursor() + count);
    return true;
}

void put(const Block& events, std::size_t count, PacketWriter& writer, ColumnCounters& counters) {
    if (put_whole(events, count, writer)) return;
    TimedEvents out(writer, count);
    for (std::size_t i = 0; i < count; ++i) {
        if (events.t_us[i] == impossible) [[unlikely]] {
            ++counters.impossible_times;
            continue;
        }
        out.put(events.t_us[i], events.x[i], events.y[i], events.on[i] != 0);
    }
    counters.outside_sensor += out.outside();
}

}  // namespace

void write_columns(const EventColumns& columns, TimeUnit unit, PacketWriter& writer, ColumnCounters& counters) {
    Block events;
    for (std::size_t from = 0; from < columns.count; from += block) {
        const std::size_t count = std::min(block, columns.count - from);
        load_times(columns.t, unit, from, count, events.t_us.data());
        load_coordinates(columns.x, from, count, events.x.data());
        load_coordinates(columns.y, from, count, events.y.data());
        load_polarities(columns.p, from, count, events.on.data());
        put(events, count, writer, counters);
    }
}

std::uint16_t largest_coordinate(const Column& column, std::size_t count) {
    std::array<std::uint16_t, block> values{};
    std::uint16_t largest = 0;
    for (std::size_t from = 0; from < count; from += block) {
        const std::size_t size = std::min(block, count - from);
        load_coordinates(column, from, size, values.data());
        largest = std::max(largest, *std::max_element(values.data(), values.data() + size));
    }
    return largest;
}

}  // namespace aestream
