#include "aedat4_side.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "aestream_core/buffer_pool.hpp"
#include "flatbuffer.hpp"

namespace aestream::aedat4 {

namespace {

enum TriggerField : std::size_t { trigger_time, trigger_kind };
enum ImuField : std::size_t { imu_time, temperature, acceleration_x, rotation_x = 5, magnetic_x = 8 };
enum FrameField : std::size_t {
    frame_time,
    frame_start,
    frame_end,
    exposure_start,
    exposure_end,
    pixel_format,
    frame_width,
    frame_height,
    frame_x,
    frame_y,
    frame_pixels,
};
constexpr std::size_t elements = 0;  // the list of a packet of triggers or samples

/// Flatbuffers leave out what is zero, so that an absent number is one.
std::uint64_t time_of(const FlatTable& table, std::size_t field) {
    const auto t_us = table.scalar<std::int64_t>(field, 0);
    if (t_us < 0) throw BadFlatbuffer("a record in it has the time " + std::to_string(t_us) + " us");
    return static_cast<std::uint64_t>(t_us);
}

/// Signal and generator edges, starts of frames and exposures; a pulse counts as what it begins with.
bool is_rising(std::int8_t kind) {
    constexpr std::array<std::int8_t, 5> rising{1, 3, 4, 6, 8};
    return std::ranges::find(rising, kind) != rising.end();
}

std::uint64_t take_triggers(const FlatTable& packet, SideRecords& side) {
    const std::size_t count = packet.table_count(elements);
    for (std::size_t i = 0; i < count; ++i) {
        const FlatTable trigger = packet.table(elements, i);
        const auto kind = trigger.scalar<std::int8_t>(trigger_kind, 0);
        side.add(Trigger{time_of(trigger, trigger_time), static_cast<std::uint16_t>(static_cast<std::uint8_t>(kind)),
                         is_rising(kind) ? std::uint16_t{1} : std::uint16_t{0}});
    }
    return count;
}

void take_axes(const FlatTable& sample, std::size_t first_field, float (&axes)[3]) {
    for (std::size_t axis = 0; axis < 3; ++axis) axes[axis] = sample.scalar<float>(first_field + axis, 0.0F);
}

void take_imu(const FlatTable& packet, SideRecords& side) {
    const std::size_t count = packet.table_count(elements);
    for (std::size_t i = 0; i < count; ++i) {
        const FlatTable table = packet.table(elements, i);
        ImuSample sample{};
        sample.t_us = time_of(table, imu_time);
        sample.temperature_c = table.scalar<float>(temperature, 0.0F);
        take_axes(table, acceleration_x, sample.acceleration_g);
        take_axes(table, rotation_x, sample.angular_rate_dps);
        take_axes(table, magnetic_x, sample.magnetic_field_ut);
        side.add(sample);
    }
}

std::uint16_t length_of(const FlatTable& frame, std::size_t field) {
    const auto length = frame.scalar<std::int16_t>(field, 0);
    if (length < 0) throw BadFlatbuffer("its frame has the side or corner " + std::to_string(length));
    return static_cast<std::uint16_t>(length);
}

/// The format's number is OpenCV's: the sample's type in the low 3 bits (0: 8 bits, 2: 16 bits), channels - 1 above.
void set_pixel_format(Frame& frame, std::int8_t format) {
    const int type = format & 7;
    const int channels = (format >> 3) + 1;
    if (format < 0 || (type != 0 && type != 2) || (channels != 1 && channels != 3 && channels != 4)) {
        throw BadFlatbuffer("its frame has the pixel format " + std::to_string(format) +
                            "; known are 0, 16, 24 (8 bits) and 2, 18, 26 (16 bits)");
    }
    frame.channels = static_cast<std::uint16_t>(channels);
    frame.bytes_per_sample = type == 0 ? 1 : 2;
}

void set_times(Frame& frame, const FlatTable& table) {
    frame.start_us = time_of(table, exposure_start);
    frame.end_us = time_of(table, exposure_end);
    if (frame.start_us == 0) frame.start_us = time_of(table, frame_time);
    frame.end_us = std::max(frame.start_us, frame.end_us);
}

void take_frame(const FlatTable& table, SideRecords& side) {
    Frame frame;
    set_times(frame, table);
    set_pixel_format(frame, table.scalar<std::int8_t>(pixel_format, 0));
    frame.width = length_of(table, frame_width);
    frame.height = length_of(table, frame_height);
    frame.x = length_of(table, frame_x);
    frame.y = length_of(table, frame_y);
    const auto pixels = table.items(frame_pixels, 1);
    const std::size_t wanted = std::size_t{frame.width} * frame.height * frame.channels * frame.bytes_per_sample;
    if (pixels.size() != wanted) {
        throw BadFlatbuffer("its frame of " + std::to_string(frame.width) + "x" + std::to_string(frame.height) +
                            " pixels has " + std::to_string(pixels.size()) + " bytes rather than " +
                            std::to_string(wanted));
    }
    if (wanted > 0) {
        frame.pixels = BufferPool::shared().acquire(wanted);
        std::memcpy(frame.pixels->data(), pixels.data(), wanted);
    }
    side.add(std::move(frame));
}

}  // namespace

bool wants(const SideRecords* side, std::string_view type) {
    if (side == nullptr) return false;
    return (type == "TRIG" && side->wanted().triggers) || (type == "IMUS" && side->wanted().imu) ||
           (type == "FRME" && side->wanted().frames);
}

std::uint64_t take_side_packet(std::string_view type, std::span<const std::byte> packet, SideRecords& side) {
    const FlatTable table = FlatTable::root(packet, type);
    if (type == "TRIG") return take_triggers(table, side);
    if (type == "IMUS") take_imu(table, side);
    if (type == "FRME") take_frame(table, side);
    return 0;
}

}  // namespace aestream::aedat4
