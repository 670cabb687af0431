#include <algorithm>
#include <cstring>

#include "aestream_core/dat.hpp"
#include "aestream_core/multiversion.hpp"
#include "dat_records.hpp"
#include "vector_events.hpp"

namespace aestream {

namespace {

using namespace dat;

constexpr std::size_t chunk_records = 64;    // looked at together: one test, then no branch
constexpr std::size_t block_records = 4096;  // between two looks at the room for events

[[gnu::always_inline]] inline std::uint64_t place_of(std::uint64_t record) {
    const std::uint64_t x = record >> x_shift & coordinate_mask;
    const std::uint64_t y = record >> y_shift & coordinate_mask;
    const std::uint64_t on = record >> polarity_shift != 0 ? 1U : 0U;
    return x << event_x_shift | y << event_y_shift | on << event_polarity_shift;
}

/// Store the events of a chunk. False where they count for nothing, because single records need a look: a place outside
/// the sensor, a time so far from the last one that the clock may wrap, an offset of more than 32 bits.
[[gnu::always_inline]] inline bool convert(const std::byte* bytes, Event* out, Sensor sensor, std::uint64_t last_low_us,
                                           std::uint64_t to_offset) {
    const std::uint64_t x_last = sensor.width - 1U;
    const std::uint64_t y_last = sensor.height - 1U;
    std::uint64_t beyond = 0;
    std::uint64_t far = 0;
    std::uint64_t late = 0;
    for (std::size_t i = 0; i < chunk_records; ++i) {
        const std::uint64_t record = load_record(bytes + i * dat_record_bytes);
        const std::uint64_t low_us = record & low_time_mask;
        const std::uint64_t offset_us = low_us + to_offset;
        beyond |= (x_last - (record >> x_shift & coordinate_mask)) | (y_last - (record >> y_shift & coordinate_mask));
        far |= low_us - last_low_us + near_us;
        late |= offset_us;
        store_event(out + i, offset_us | place_of(record));
    }
    return beyond >> 63U == 0 && far >> near_bits == 0 && late >> 32U == 0;
}

/// Decode records one by one; returns where the next event goes. Room for them was reserved.
Event* decode_mixed(DatState& state, const std::byte* bytes, std::size_t count, Event* out, PacketWriter& writer) {
    const Sensor sensor = writer.sensor();
    for (const std::byte* const end = bytes + count * dat_record_bytes; bytes != end; bytes += dat_record_bytes) {
        const std::uint64_t record = load_record(bytes);
        state.clock.take(record & low_time_mask);
        const bool inside = (record >> x_shift & coordinate_mask) < sensor.width &&
                            (record >> y_shift & coordinate_mask) < sensor.height;
        if (!inside) {
            ++state.counters.outside_sensor;
            continue;
        }
        writer.advance_to(out);
        const std::uint64_t offset_us = writer.at(state.clock.value());
        out = writer.cursor();
        store_event(out++, offset_us | place_of(record));
    }
    return out;
}

AESTREAM_MULTIVERSION void decode_block(DatState& state, const std::byte* bytes, std::size_t count,
                                        PacketWriter& writer) {
    const Sensor sensor = writer.sensor();
    writer.reserve(count);
    Event* out = writer.cursor();
    for (; count >= chunk_records; count -= chunk_records, bytes += chunk_records * dat_record_bytes) {
        const std::uint64_t last_low_us = state.clock.value() & low_time_mask;
        const std::uint64_t to_offset = state.clock.value() - last_low_us - writer.t0_us();
        const bool begun = out != writer.begin() && state.clock.running();
        if (begun && convert(bytes, out, sensor, last_low_us, to_offset)) {
            out += chunk_records;
            state.clock.take(load_record(bytes + (chunk_records - 1) * dat_record_bytes) & low_time_mask);
        } else {
            out = decode_mixed(state, bytes, chunk_records, out, writer);
        }
    }
    out = decode_mixed(state, bytes, count, out, writer);
    writer.advance_to(out);
}

}  // namespace

void decode_dat(DatState& state, std::span<const std::byte> bytes, PacketWriter& writer) {
    for_whole_records<dat_record_bytes>(state.partial, bytes, [&](const std::byte* first, std::size_t count) {
        for (std::size_t at = 0; at < count; at += block_records) {
            decode_block(state, first + at * dat_record_bytes, std::min(block_records, count - at), writer);
        }
    });
}

}  // namespace aestream
