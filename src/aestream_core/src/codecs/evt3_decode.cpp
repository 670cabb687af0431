#include <algorithm>
#include <bit>

#include "aestream_core/evt3.hpp"
#include "aestream_core/multiversion.hpp"
#include "evt3_words.hpp"
#include "vector_events.hpp"

namespace aestream {

namespace {

using namespace evt3;

constexpr std::size_t block_words = 1024;
constexpr std::size_t most_events_per_word = 12;
constexpr std::size_t slack_events = vector_slack_events + 1;  // stored beyond the last event, and not counted
constexpr int x_shift = event_x_shift;
constexpr int y_shift = event_y_shift;
constexpr int polarity_shift = event_polarity_shift - 11;

/// Count, and hand on, a word that is neither event nor time.
void take_other(std::uint32_t word, Evt3State& state, SideRecords* side) {
    const std::uint32_t kind = word >> 12U;
    if (kind == ext_trigger) {
        ++state.counters.triggers;
        if (side == nullptr || !side->wanted().triggers) return;
        const auto id = static_cast<std::uint16_t>(word >> trigger_id_shift & trigger_id_mask);
        side->add(Trigger{state.clock.time_us(), id, static_cast<std::uint16_t>(word & 1U)});
    } else if (kind != others && kind != continued_4 && kind != continued_12) {
        ++state.counters.unknown_words;
    }
}

/// Whether any row or single event of a block lies outside the sensor; sixteen words or more at a time.
inline bool reaches_outside(const std::byte* bytes, std::size_t count, Sensor sensor) {
    std::uint16_t found = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto word = static_cast<std::uint16_t>(load_word(bytes + i * word_bytes));
        const auto value = static_cast<std::uint16_t>(word & coordinate_mask);
        const auto kind = static_cast<std::uint16_t>(word >> 12U);
        const std::uint16_t row_outside = (kind == addr_y) & (value >= sensor.height);
        const std::uint16_t event_outside = (kind == addr_x) & (value >= sensor.width);
        found = static_cast<std::uint16_t>(found | row_outside | event_outside);
    }
    return found != 0;
}

/// Decode one block; the clock is running.
///
/// Single events and their rows, four words in five of real streams, take one path without a branch: the event is
/// always stored, and the cursor moves only if it counts. `row` holds an event's time offset and y in place, `x_end` is
/// the sensor's width, or 0 in rows outside it. Without `check` every row and single event is known to lie on the
/// sensor.
template <bool check>
[[gnu::always_inline]] inline void decode_checked(Evt3State& state, const std::byte* bytes, std::size_t count,
                                                  PacketWriter& writer, SideRecords* side) {
    const Sensor sensor = writer.sensor();
    std::uint64_t offset_us = writer.at(state.clock.time_us());
    writer.reserve(count * most_events_per_word + slack_events);
    std::uint64_t t0_us = writer.t0_us();
    Event* out = writer.cursor();

    std::uint64_t row = offset_us | std::uint64_t{state.y} << y_shift;
    std::uint32_t x_end = state.y < sensor.height ? sensor.width : 0U;
    std::uint32_t base_x = state.base_x;
    std::uint64_t vector_polarity = std::uint64_t{state.vector_on} << 63U;
    std::uint64_t outside = 0;

    for (const std::byte* const end = bytes + count * word_bytes; bytes != end; bytes += word_bytes) {
        const std::uint32_t word = load_word(bytes);
        const std::uint32_t kind = word >> 12U;
        if ((kind & ~std::uint32_t{addr_x}) == addr_y) {
            const std::uint64_t value = word & coordinate_mask;
            const std::uint64_t is_event = word >> 13U;
            const std::uint64_t is_row = is_event - 1;  // all bits
            store_event(out, row | value << x_shift | std::uint64_t{word & polarity_bit} << polarity_shift);
            row ^= (row ^ (offset_us | value << y_shift)) & is_row;
            if constexpr (check) {
                const std::uint64_t on_sensor = value < x_end ? 1U : 0U;
                out += is_event & on_sensor;
                outside += is_event & ~on_sensor;
                const std::uint32_t row_end = value < sensor.height ? sensor.width : 0U;
                x_end ^= (x_end ^ row_end) & static_cast<std::uint32_t>(is_row);
            } else {
                out += is_event;
            }
            continue;
        }
        switch (kind) {
            case vect_base_x:
                base_x = word & coordinate_mask;
                vector_polarity = std::uint64_t{word & polarity_bit} << polarity_shift;
                continue;
            case vect_12:
            case vect_8: {
                const std::uint32_t span = kind == vect_12 ? 12U : 8U;
                const std::uint32_t mask = word & ((1U << span) - 1U);
                const std::uint32_t room = std::min(span, x_end - std::min(base_x, x_end));
                const std::uint32_t kept = mask & ((1U << room) - 1U);
                if (kept != mask) [[unlikely]]
                    outside += static_cast<std::uint64_t>(std::popcount(mask ^ kept));
                out = put_vector(out, (row | vector_polarity) + (std::uint64_t{base_x} << x_shift), kept);
                base_x += span;
                continue;
            }
            case time_low:
                state.clock.take_low(word & payload_mask);
                break;
            case time_high:
                if (!state.clock.take_high(word & payload_mask)) continue;
                break;
            default:
                take_other(word, state, side);
                continue;
        }
        offset_us = state.clock.time_us() - t0_us;
        if (offset_us > UINT32_MAX) [[unlikely]] {
            writer.advance_to(out);
            offset_us = writer.at(state.clock.time_us());
            writer.reserve(static_cast<std::size_t>(end - bytes) / word_bytes * most_events_per_word + slack_events);
            t0_us = writer.t0_us();
            out = writer.cursor();
        }
        row = (row >> x_shift << x_shift) | offset_us;
    }
    writer.advance_to(out);
    state.y = static_cast<std::uint16_t>(row >> y_shift);
    state.base_x = base_x;
    state.vector_on = vector_polarity != 0;
    state.counters.outside_sensor += outside;
}

AESTREAM_MULTIVERSION void decode_block(Evt3State& state, const std::byte* bytes, std::size_t count,
                                        PacketWriter& writer, SideRecords* side) {
    const Sensor sensor = writer.sensor();
    if (state.y >= sensor.height || reaches_outside(bytes, count, sensor)) {
        decode_checked<true>(state, bytes, count, writer, side);
    } else {
        decode_checked<false>(state, bytes, count, writer, side);
    }
}

void decode_words(Evt3State& state, const std::byte* bytes, std::size_t count, PacketWriter& writer,
                  SideRecords* side) {
    std::size_t at = 0;
    while (!state.clock.running() && at < count) {
        const std::uint32_t word = load_word(bytes + at * word_bytes);
        if (word >> 12U == time_high) {
            state.clock.take_high(word & payload_mask);
        } else {
            ++state.counters.skipped_words;
        }
        ++at;
    }
    for (; at < count; at += block_words) {
        decode_block(state, bytes + at * word_bytes, std::min(block_words, count - at), writer, side);
    }
}

}  // namespace

void decode_evt3(Evt3State& state, std::span<const std::byte> bytes, PacketWriter& writer, SideRecords* side) {
    for_whole_records<2>(state.partial, bytes, [&](const std::byte* first, std::size_t count) {
        decode_words(state, first, count, writer, side);
    });
}

}  // namespace aestream
