#include <algorithm>
#include <cstring>

#include "aestream_core/evt2.hpp"
#include "aestream_core/multiversion.hpp"
#include "evt2_words.hpp"
#include "vector_events.hpp"

namespace aestream {

namespace {

using namespace evt2;

constexpr std::size_t word_bytes = 4;
constexpr std::size_t chunk_words = 16;    // looked at together: one test, then no branch
constexpr std::size_t block_words = 4096;  // between two looks at the room for events
constexpr std::size_t shortest_run = 4;    // of events before another word, that chunks are worth while for
constexpr std::uint32_t not_an_event = 0xe0000000;

std::uint32_t load_word(const std::byte* bytes) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes, word_bytes);
    return word;
}

/// Not 0 where a word is no event on the sensor. A coordinate beyond it makes a difference negative, whose top bits are
/// set as those of other words are.
[[gnu::always_inline]] inline std::uint32_t unusual(std::uint32_t word, std::uint32_t x_last, std::uint32_t y_last) {
    return (word | (x_last - (word >> x_shift & coordinate_mask)) | (y_last - (word & coordinate_mask))) & not_an_event;
}

[[gnu::always_inline]] inline std::uint64_t to_record(std::uint32_t word, std::uint32_t offset_us) {
    const std::uint32_t t = offset_us + (word >> low_time_shift & low_time_mask);
    const std::uint32_t x = word >> x_shift & coordinate_mask;
    const std::uint32_t yp = (word & coordinate_mask) | word >> kind_shift << 15U;
    return t | std::uint64_t{x | yp << 16U} << event_x_shift;
}

/// Store the events of a chunk; returns how many of its words, from the first on, are events on the sensor.
[[gnu::always_inline]] inline std::size_t convert(const std::byte* bytes, Event* out, std::uint32_t offset_us,
                                                  std::uint32_t x_last, std::uint32_t y_last) {
    std::uint32_t found = 0;
    for (std::size_t i = 0; i < chunk_words; ++i) {
        const std::uint32_t word = load_word(bytes + i * word_bytes);
        found |= unusual(word, x_last, y_last);
        store_event(out + i, to_record(word, offset_us));
    }
    if (found == 0) return chunk_words;
    std::uint32_t first = chunk_words;
    for (std::uint32_t i = 0; i < chunk_words; ++i) {
        const std::uint32_t word = load_word(bytes + i * word_bytes);
        first = std::min<std::uint32_t>(first, unusual(word, x_last, y_last) != 0 ? i : chunk_words);
    }
    return first;
}

/// Decode words one by one; returns where the next event goes. Room for them was reserved.
Event* decode_mixed(Evt2State& state, const std::byte* bytes, std::size_t count, Event* out, std::uint32_t& offset_us,
                    PacketWriter& writer, SideRecords* side) {
    const Sensor sensor = writer.sensor();
    for (const std::byte* const end = bytes + count * word_bytes; bytes != end; bytes += word_bytes) {
        const std::uint32_t word = load_word(bytes);
        if ((word & not_an_event) == 0) {
            const bool inside =
                (word >> x_shift & coordinate_mask) < sensor.width && (word & coordinate_mask) < sensor.height;
            store_event(out, to_record(word, offset_us));
            out += inside ? 1 : 0;
            state.counters.outside_sensor += inside ? 0 : 1;
        } else if (kind_of(word) != time_high) {
            take_other(word, word & 1U, state.high, state.counters, side);
        } else if (state.high.take(word & high_time_mask)) {
            writer.advance_to(out);
            offset_us = offset_of_high(state.high, writer);
            out = writer.cursor();
        }
    }
    return out;
}

AESTREAM_MULTIVERSION void decode_block(Evt2State& state, const std::byte* bytes, std::size_t count,
                                        PacketWriter& writer, SideRecords* side) {
    const Sensor sensor = writer.sensor();
    const std::uint32_t x_last = sensor.width - 1U;
    const std::uint32_t y_last = sensor.height - 1U;
    std::uint32_t offset_us = offset_of_high(state.high, writer);
    writer.reserve(count + chunk_words);
    Event* out = writer.cursor();
    while (count >= chunk_words) {
        const std::size_t taken = convert(bytes, out, offset_us, x_last, y_last);
        out += taken;
        bytes += taken * word_bytes;
        count -= taken;
        if (taken == chunk_words) continue;
        const std::size_t singly = taken < shortest_run ? std::min(chunk_words, count) : 1;
        out = decode_mixed(state, bytes, singly, out, offset_us, writer, side);
        bytes += singly * word_bytes;
        count -= singly;
    }
    out = decode_mixed(state, bytes, count, out, offset_us, writer, side);
    writer.advance_to(out);
}

void decode_words(Evt2State& state, const std::byte* bytes, std::size_t count, PacketWriter& writer,
                  SideRecords* side) {
    std::size_t at = 0;
    for (; !state.high.running() && at < count; ++at) {
        const std::uint32_t word = load_word(bytes + at * word_bytes);
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

void decode_evt2(Evt2State& state, std::span<const std::byte> bytes, PacketWriter& writer, SideRecords* side) {
    for_whole_records<4>(state.partial, bytes, [&](const std::byte* first, std::size_t count) {
        decode_words(state, first, count, writer, side);
    });
}

}  // namespace aestream
