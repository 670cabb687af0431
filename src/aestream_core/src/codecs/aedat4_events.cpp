#include "aedat4_events.hpp"

#include <algorithm>
#include <string>

#include "aedat4_layout.hpp"
#include "aestream_core/multiversion.hpp"

namespace aestream::aedat4 {

namespace {

constexpr std::size_t block_events = 1024;
constexpr std::uint64_t polarity_byte = std::uint64_t{0xff} << 32U;

/// Convert structs without a branch per event. False where a time does not fit behind t0_us or lies too far from the
/// array's first, or an event lies outside the sensor: `out` then holds nothing of use.
AESTREAM_MULTIVERSION
bool convert_block(const std::byte* structs, std::size_t count, std::uint64_t first_us, std::uint64_t t0_us,
                   Sensor sensor, std::byte* out) {
    const std::uint64_t last_x = std::uint64_t{sensor.width} - 1;
    const std::uint64_t last_y = std::uint64_t{sensor.height} - 1;
    const std::uint64_t earliest_us = first_us - largest_span_us;
    std::uint64_t offsets = 0;
    std::uint64_t distances = 0;  // to the sensor's far sides; the top bit is set where one is negative
    for (std::size_t i = 0; i < count; ++i) {
        const auto time = load<std::uint64_t>(structs + i * event_bytes);
        const auto rest = load<std::uint64_t>(structs + i * event_bytes + sizeof(time));
        const std::uint64_t offset = time - t0_us;
        offsets |= offset | (time - earliest_us);
        distances |= (last_x - (rest & 0xffffU)) | (last_y - ((rest >> 16U) & 0xffffU));
        const std::uint64_t on = (rest & polarity_byte) != 0 ? std::uint64_t{1} << 63U : 0;
        store(out + i * sizeof(Event), (offset & UINT32_MAX) | rest << 32U | on);
    }
    return offsets <= UINT32_MAX && distances >> 63U == 0;
}

void check_time(std::int64_t t_us, std::int64_t first_us) {
    if (t_us < 0) throw BadTime("an event has the time " + std::to_string(t_us) + " us");
    const auto distance_us = static_cast<std::uint64_t>(std::max(t_us, first_us) - std::min(t_us, first_us));
    if (distance_us > largest_span_us) throw BadTime("its events lie " + std::to_string(distance_us) + " us apart");
}

/// The same event by event: moves the packet's base as times need it and drops what lies outside the sensor.
std::uint64_t convert_each(const std::byte* structs, std::size_t count, std::int64_t first_us, PacketWriter& writer) {
    const Sensor sensor = writer.sensor();
    std::uint64_t outside = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto t_us = load<std::int64_t>(structs + i * event_bytes);
        const auto rest = load<std::uint64_t>(structs + i * event_bytes + sizeof(t_us));
        check_time(t_us, first_us);
        const std::uint32_t offset_us = writer.at(static_cast<std::uint64_t>(t_us));
        const auto x = static_cast<std::uint16_t>(rest);
        const auto y = static_cast<std::uint16_t>(rest >> 16U);
        if (!sensor.contains(x, y)) {
            ++outside;
            continue;
        }
        writer.reserve(count - i);
        writer.put(offset_us, x, Event::pack(y, (rest & polarity_byte) != 0));
    }
    return outside;
}

}  // namespace

void append_events(std::span<const std::byte> structs, PacketWriter& writer, std::uint64_t& outside_sensor) {
    if (structs.empty()) return;
    const std::size_t count = structs.size() / event_bytes;
    const auto first_us = load<std::int64_t>(structs.data());
    check_time(first_us, first_us);
    (void)writer.at(static_cast<std::uint64_t>(first_us));
    writer.reserve(count);
    for (std::size_t from = 0; from < count; from += block_events) {
        const std::byte* const block = structs.data() + from * event_bytes;
        const std::size_t size = std::min(block_events, count - from);
        writer.reserve(size);
        Event* const out = writer.cursor();
        if (convert_block(block, size, static_cast<std::uint64_t>(first_us), writer.t0_us(), writer.sensor(),
                          reinterpret_cast<std::byte*>(out))) {
            writer.advance_to(out + size);
        } else {
            outside_sensor += convert_each(block, size, first_us, writer);
        }
    }
}

AESTREAM_MULTIVERSION
void write_structs(std::span<const Event> events, std::uint64_t t0_us, std::byte* out) {
    const Event* const first = events.data();
    const std::size_t count = events.size();
    for (std::size_t i = 0; i < count; ++i) {
        const auto word = load<std::uint64_t>(reinterpret_cast<const std::byte*>(first + i));
        store(out + i * event_bytes, t0_us + (word & UINT32_MAX));
        store(out + i * event_bytes + sizeof(word), ((word >> 32U) & 0x7fffffffU) | word >> 63U << 32U);
    }
}

}  // namespace aestream::aedat4
