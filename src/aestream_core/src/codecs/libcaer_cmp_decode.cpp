#include <algorithm>
#include <bit>

#include "aestream_core/libcaer.hpp"
#include "libcaer_cmp_words.hpp"
#include "timed_events.hpp"

namespace aestream {

namespace {

using namespace libcaer_cmp;

constexpr std::size_t block_words = timed_block_events / vector_rows;

/// What the words of one message move along.
struct State {
    std::uint64_t time_us = 0;  ///< since the time base
    std::uint32_t x = 0;
    std::uint32_t base_y = 0;
    bool on = false;
};

void put_vector(State& state, std::uint32_t mask, std::uint64_t base_us, TimedEvents& out) {
    for (; mask != 0; mask &= mask - 1) {
        const std::uint32_t y = state.base_y + static_cast<std::uint32_t>(std::countr_zero(mask));
        out.put(base_us + state.time_us, state.x, y, state.on);
    }
    state.base_y += vector_rows;
}

void take(State& state, std::uint32_t word, std::uint64_t base_us, TimedEvents& out, DecodeCounters& counters) {
    const std::uint32_t payload = word & payload_mask;
    switch (word >> 12U) {
        case time_high:
            state.time_us = (state.time_us & payload_mask) | std::uint64_t{payload} << 12U;
            break;
        case time_low:
            state.time_us = (state.time_us & ~std::uint64_t{payload_mask}) | payload;
            break;
        case addr_x:
            state.x = payload & coordinate_mask;
            break;
        case addr_y:
            out.put(base_us + state.time_us, state.x, payload & coordinate_mask, (payload & polarity_bit) != 0);
            break;
        case vect_base_y:
            state.base_y = payload & coordinate_mask;
            state.on = (payload & polarity_bit) != 0;
            break;
        case vect_8:
            put_vector(state, payload & 0xffU, base_us, out);
            break;
        default:
            ++counters.unknown_words;
    }
}

}  // namespace

void decode_libcaer_cmp(std::span<const std::byte> events, std::uint64_t time_base_ns, PacketWriter& writer,
                        DecodeCounters& counters) {
    const std::uint64_t base_us = time_base_ns / 1000;
    const std::size_t count = events.size() / word_bytes;
    State state;
    for (std::size_t from = 0; from < count; from += block_words) {
        const std::size_t to = std::min(from + block_words, count);
        TimedEvents out(writer, (to - from) * vector_rows);
        for (std::size_t i = from; i < to; ++i) {
            take(state, load_at<std::uint16_t>(events.data(), i), base_us, out, counters);
        }
        counters.outside_sensor += out.outside();
    }
    if (events.size() % word_bytes != 0) ++counters.damaged;
}

}  // namespace aestream
