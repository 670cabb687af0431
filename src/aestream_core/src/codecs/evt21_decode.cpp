#include <algorithm>
#include <bit>

#include "aestream_core/evt21.hpp"
#include "aestream_core/multiversion.hpp"
#include "evt21_words.hpp"
#include "evt2_words.hpp"
#include "vector_events.hpp"

namespace aestream {

namespace {

using namespace evt2;
using evt21::group_columns;
using evt21::load_word;
using evt21::word_bytes;

constexpr std::size_t block_words = 512;

/// The bits of a mask whose pixels lie on a row of that width.
std::uint32_t on_row(std::uint32_t mask, std::uint32_t x, std::uint32_t width) {
    const std::uint32_t room = width - std::min(x, width);
    return room >= group_columns ? mask : mask & ((1U << room) - 1U);
}

AESTREAM_MULTIVERSION void decode_block(Evt21State& state, const std::byte* bytes, std::size_t count,
                                        PacketWriter& writer, SideRecords* side) {
    const Sensor sensor = writer.sensor();
    const int rotation = evt21::rotation_of(state.order);
    std::uint64_t offset_us = offset_of_high(state.high, writer);
    writer.reserve(count * group_columns + vector_slack_events);
    Event* out = writer.cursor();
    for (const std::byte* const end = bytes + count * word_bytes; bytes != end; bytes += word_bytes) {
        const std::uint64_t both = load_word(bytes, rotation);
        const auto word = static_cast<std::uint32_t>(both >> 32U);
        const auto mask = static_cast<std::uint32_t>(both);
        const std::uint32_t kind = kind_of(word);
        if (kind <= cd_on) [[likely]] {
            const std::uint32_t x = word >> x_shift & coordinate_mask;
            const std::uint32_t y = word & coordinate_mask;
            const std::uint32_t kept = y < sensor.height ? on_row(mask, x, sensor.width) : 0U;
            if (kept != mask) [[unlikely]]
                state.counters.outside_sensor += static_cast<std::uint64_t>(std::popcount(mask ^ kept));
            const std::uint64_t place = std::uint64_t{x} << event_x_shift | std::uint64_t{y} << event_y_shift;
            const std::uint64_t first =
                (offset_us + low_time_of(word)) | place | std::uint64_t{kind} << event_polarity_shift;
            out = put_vector(out, first, kept);
        } else if (kind != time_high) {
            take_other(word, word & 1U, state.high, state.counters, side);
        } else if (state.high.take(word & high_time_mask)) {
            writer.advance_to(out);
            offset_us = offset_of_high(state.high, writer);
            out = writer.cursor();
        }
    }
    writer.advance_to(out);
}

void decode_words(Evt21State& state, const std::byte* bytes, std::size_t count, PacketWriter& writer,
                  SideRecords* side) {
    const int rotation = evt21::rotation_of(state.order);
    std::size_t at = 0;
    for (; !state.high.running() && at < count; ++at) {
        const auto word = static_cast<std::uint32_t>(load_word(bytes + at * word_bytes, rotation) >> 32U);
        if (kind_of(word) == time_high) {
            state.high.take(word & high_time_mask);
        } else {
            ++state.counters.skipped_words;
        }
    }
    for (; at < count; at += block_words) {
        decode_block(state, bytes + at * word_bytes, std::min(block_words, count - at), writer, side);
    }
}

}  // namespace

void decode_evt21(Evt21State& state, std::span<const std::byte> bytes, PacketWriter& writer, SideRecords* side) {
    for_whole_records<8>(state.partial, bytes, [&](const std::byte* first, std::size_t count) {
        decode_words(state, first, count, writer, side);
    });
}

}  // namespace aestream
