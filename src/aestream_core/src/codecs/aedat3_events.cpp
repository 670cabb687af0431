#include "aedat3_events.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "aestream_core/multiversion.hpp"
#include "endian.hpp"

namespace aestream::aedat3 {

namespace {

constexpr std::uint32_t time_mask = 0x7fffffffU;
constexpr std::size_t sample_bytes = 2;

std::uint32_t word(const std::byte* at) { return load_little_endian<std::uint32_t>(at); }
float number(const std::byte* at) { return std::bit_cast<float>(word(at)); }
bool is_valid(const std::byte* at) { return (word(at) & 1U) != 0; }

std::uint64_t time_us(const Aedat3State& state, const std::byte* at) {
    return base_us(state.header) + (word(at) & time_mask);
}

/// The frame's pixels with the rows from the top, and blue before red where there are colours.
BufferRef copy_pixels(const std::byte* from, const Frame& frame, bool from_bottom) {
    const std::size_t row_bytes = std::size_t{frame.width} * frame.channels * sample_bytes;
    BufferRef pixels = BufferPool::shared().acquire(row_bytes * frame.height);
    for (std::size_t row = 0; row < frame.height; ++row) {
        const std::size_t source = from_bottom ? frame.height - 1 - row : row;
        std::memcpy(pixels->data() + row * row_bytes, from + source * row_bytes, row_bytes);
    }
    if (frame.channels < 3) return pixels;
    const std::size_t pixel_bytes = frame.channels * sample_bytes;
    for (std::byte* at = pixels->data(); at != pixels->data() + row_bytes * frame.height; at += pixel_bytes) {
        std::swap_ranges(at, at + sample_bytes, at + 2 * sample_bytes);
    }
    return pixels;
}

constexpr std::size_t polarity_bytes = 8;

/// What the conversion of a block of events needs to know.
struct Conversion {
    std::uint64_t base_us;  ///< added to the times; modulo 2^64
    std::uint64_t last_column;
    std::uint64_t last_row;
    bool from_bottom;

    [[nodiscard]] std::uint64_t offset_us(std::uint64_t record) const { return base_us + (record >> 32U & time_mask); }
    [[nodiscard]] std::uint64_t event(std::uint64_t record) const {
        const std::uint64_t y = record >> 2U & coordinate_mask;
        const std::uint64_t row = from_bottom ? (last_row - y) & coordinate_mask : y;
        return (offset_us(record) & UINT32_MAX) | (record >> 17U & coordinate_mask) << 32U | row << 48U |
               (record >> 1U & 1U) << 63U;
    }
    /// Its top bit is set where an event lies outside the sensor, was taken out by a filter, or lies outside the
    /// packet.
    [[nodiscard]] std::uint64_t is_special(std::uint64_t record) const {
        const std::uint64_t x = record >> 17U & coordinate_mask;
        const std::uint64_t y = record >> 2U & coordinate_mask;
        return (last_column - x) | (last_row - y) | ((record & 1U) - 1) | (UINT32_MAX - offset_us(record)) |
               offset_us(record);
    }

    static constexpr std::uint64_t coordinate_mask = 0x7fff;
};

/// Convert events that all count; several at a time. False, and the output void, where one of them does not.
AESTREAM_MULTIVERSION bool convert(const std::byte* at, std::size_t count, const Conversion& by, Event* out) {
    const Conversion conversion = by;
    std::uint64_t special_ones = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto record = load_little_endian<std::uint64_t>(at + i * polarity_bytes);
        special_ones |= conversion.is_special(record);
        const std::uint64_t event = conversion.event(record);
        std::memcpy(out + i, &event, sizeof(event));
    }
    return special_ones >> 63U == 0;
}

/// Convert events of which some do not count.
void convert_checked(Aedat3State& state, const std::byte* at, std::size_t count, Conversion conversion,
                     PacketWriter& writer) {
    for (const std::byte* const end = at + count * polarity_bytes; at != end; at += polarity_bytes) {
        const auto record = load_little_endian<std::uint64_t>(at);
        const auto x = static_cast<std::uint16_t>(record >> 17U & Conversion::coordinate_mask);
        const auto y = static_cast<std::uint16_t>(record >> 2U & Conversion::coordinate_mask);
        if (!is_valid(at)) {
            ++state.invalid;
        } else if (!writer.sensor().contains(x, y)) {
            ++state.outside_sensor;
        } else {
            const std::uint32_t offset_us = writer.at(time_us(state, at + 4));
            writer.reserve(1);
            const auto yp = static_cast<std::uint16_t>(conversion.event(record) >> 48U);
            writer.put(offset_us, x, yp);
        }
    }
}

void decode_block(Aedat3State& state, const std::byte* at, std::size_t count, PacketWriter& writer) {
    const Sensor sensor = writer.sensor();
    static_cast<void>(writer.at(time_us(state, at + 4)));
    writer.reserve(count);
    const Conversion conversion{base_us(state.header) - writer.t0_us(), sensor.width - std::uint64_t{1},
                                sensor.height - std::uint64_t{1}, state.from_bottom};
    if (convert(at, count, conversion, writer.cursor())) {
        writer.advance_to(writer.cursor() + count);
    } else {
        convert_checked(state, at, count, conversion, writer);
    }
}

}  // namespace

void decode_polarity(Aedat3State& state, const std::byte* at, std::size_t count, PacketWriter& writer) {
    constexpr std::size_t block_events = 2048;
    for (std::size_t done = 0; done < count; done += block_events) {
        decode_block(state, at + done * polarity_bytes, std::min(block_events, count - done), writer);
    }
}

void decode_special(Aedat3State& state, const std::byte* at, std::size_t count, SideRecords* side) {
    // Types 2 to 13 are the rising edge, falling edge and pulse of each input in turn; 5 is none of them.
    struct Input {
        std::uint32_t first_type;
        std::uint16_t id;
    };
    constexpr std::array inputs{Input{2, 0}, Input{6, 1}, Input{9, 2}, Input{12, 3}};
    constexpr std::uint32_t kinds_of_edges = 3;
    constexpr std::uint32_t falling = 1;
    constexpr std::uint32_t last_type = 13;
    for (const std::byte* const end = at + count * 8; at != end; at += 8) {
        const std::uint32_t type = word(at) >> 1U & 0x7fU;
        if (!is_valid(at) || type > last_type) continue;
        for (const Input& input : inputs) {
            if (type < input.first_type || type >= input.first_type + kinds_of_edges) continue;
            ++state.triggers;
            const std::uint16_t value = type - input.first_type == falling ? 0 : 1;
            if (side != nullptr) side->add(Trigger{time_us(state, at + 4), input.id, value});
        }
    }
}

void decode_imu(const Aedat3State& state, const std::byte* at, std::size_t count, SideRecords& side) {
    const bool magnetic = state.header.type == imu9;
    const std::size_t record_bytes = bytes_of(state.header.type);
    constexpr float none = std::numeric_limits<float>::quiet_NaN();
    for (std::size_t i = 0; i < count; ++i, at += record_bytes) {
        if (!is_valid(at)) continue;
        ImuSample sample{time_us(state, at + 4), number(at + 32), {}, {}, {none, none, none}};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            sample.acceleration_g[axis] = number(at + 8 + 4 * axis);
            sample.angular_rate_dps[axis] = number(at + 20 + 4 * axis);
            if (magnetic) sample.magnetic_field_ut[axis] = number(at + 36 + 4 * axis);
        }
        side.add(sample);
    }
}

bool decode_frame(const Aedat3State& state, std::span<const std::byte> bytes, SideRecords& side) {
    const std::byte* const at = bytes.data();
    if (bytes.size() < frame_head_bytes || !is_valid(at)) return false;
    const std::uint32_t channels = word(at) >> 1U & 7U;
    const std::uint64_t width = word(at + 20);
    const std::uint64_t height = word(at + 24);
    const bool known = (channels == 1 || channels == 3 || channels == 4) && width >= 1 && height >= 1 &&
                       width <= max_sensor_side && height <= max_sensor_side;
    if (!known || width * height * channels * sample_bytes > bytes.size() - frame_head_bytes) return false;
    Frame frame;
    frame.start_us = time_us(state, at + 12);
    frame.end_us = time_us(state, at + 16);
    frame.width = static_cast<std::uint16_t>(width);
    frame.height = static_cast<std::uint16_t>(height);
    frame.x = static_cast<std::uint16_t>(std::min<std::uint32_t>(word(at + 28), max_sensor_side));
    frame.y = static_cast<std::uint16_t>(std::min<std::uint32_t>(word(at + 32), max_sensor_side));
    frame.channels = static_cast<std::uint16_t>(channels);
    frame.bytes_per_sample = sample_bytes;
    frame.pixels = copy_pixels(at + frame_head_bytes, frame, state.from_bottom);
    side.add(std::move(frame));
    return true;
}

}  // namespace aestream::aedat3
