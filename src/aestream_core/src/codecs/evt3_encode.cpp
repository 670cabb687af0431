#include <cstring>
#include <string>

#include "aestream_core/errors.hpp"
#include "aestream_core/evt3.hpp"
#include "coordinate_check.hpp"
#include "evt3_words.hpp"
#include "word_writer.hpp"

namespace aestream {

namespace {

using namespace evt3;

constexpr std::uint64_t largest_step = 2047;       // TIME_HIGH values forward that no decoder takes for a step back
constexpr std::uint64_t largest_step_back = 2048;  // and backward that none takes for a wrap
constexpr std::uint64_t values_per_wrap = 4096;
constexpr std::uint64_t longest_gap = std::uint64_t{1} << 28U;  // 2^40 µs in TIME_HIGH values
// Within a packet times lie less than 2^32 µs apart.
constexpr std::size_t packet_bridge_words = (std::uint64_t{1} << 20U) / largest_step + 2;
constexpr std::ptrdiff_t shortest_vector = 4;
constexpr std::uint32_t vector_span = 12;

using Words = WordWriter<Kind>;

[[noreturn]] void refuse_step_back(std::uint64_t from_high, std::uint64_t to_high) {
    throw InvalidArgument("time steps back by about " + std::to_string((from_high - to_high) << 12U) +
                          " us; EVT3 holds steps back of at most 8388608 us, and of 4096 us over a wrap of its clock");
}

bool can_step_back(std::uint64_t from_high, std::uint64_t to_high) {
    const std::uint64_t step = from_high - to_high;
    const bool same_wrap = from_high / values_per_wrap == to_high / values_per_wrap;
    return same_wrap ? step <= largest_step_back : step == 1;
}

/// TIME_HIGH words that lead from the packet before to this one, at most.
std::size_t gap_words(const Evt3EncodeState& state, std::uint64_t to_high) {
    if (!state.high || to_high <= *state.high) return 1;
    const std::uint64_t gap = to_high - *state.high;
    if (gap > longest_gap) {
        throw InvalidArgument("time jumps ahead by about " + std::to_string(gap << 12U) +
                              " us; EVT3 is written over gaps of at most " + std::to_string(longest_gap << 12U) +
                              " us");
    }
    return gap / largest_step + 2;
}

/// Write TIME_HIGH words until a decoder that stood at from_high stands at to_high.
void move_high(Words& words, std::uint64_t from_high, std::uint64_t to_high) {
    if (to_high < from_high && !can_step_back(from_high, to_high)) refuse_step_back(from_high, to_high);
    while (to_high > from_high && to_high - from_high > largest_step) {
        from_high += largest_step;
        words.put(time_high, from_high);
    }
    words.put(time_high, to_high);
}

bool same_row(const Event& a, const Event& b) { return a.t == b.t && a.yp == b.yp; }

/// Events from `first` on that fit one vector word: same time, row and polarity, x strictly ascending within 12.
std::ptrdiff_t vector_length(const Event* first, const Event* end, std::uint32_t& mask) {
    mask = 1;
    std::uint32_t last_step = 0;
    const Event* event = first + 1;
    for (; event != end && same_row(*first, *event); ++event) {
        const std::uint32_t step = std::uint32_t{event->x} - first->x;
        if (step <= last_step || step >= vector_span) break;
        mask |= 1U << step;
        last_step = step;
    }
    return event - first;
}

bool may_start_vector(const Event* first, const Event* end) {
    if (end - first < shortest_vector) return false;
    const Event& fourth = first[shortest_vector - 1];
    return same_row(*first, fourth) && std::uint32_t{fourth.x} - first->x < vector_span;
}

/// Write the event or vector that starts at `first`; its time and row are written. Returns the event after it.
const Event* put_events(Words& words, const Event* first, const Event* end) {
    const std::uint32_t address = first->x | (first->on() ? polarity_bit : 0U);
    if (may_start_vector(first, end)) {
        std::uint32_t mask = 0;
        const std::ptrdiff_t length = vector_length(first, end, mask);
        if (length >= shortest_vector) {
            words.put(vect_base_x, address);
            words.put(vect_12, mask);
            return first + length;
        }
    }
    words.put(addr_x, address);
    return first + 1;
}

}  // namespace

std::size_t evt3_bound(const Packet& packet, const Evt3EncodeState& state) {
    // Per event: time high and low, y, x, and one more TIME_HIGH where times alternate over more than half a wrap.
    constexpr std::size_t words_per_event = 5;
    const std::size_t fixed_words = gap_words(state, packet.first_us() >> 12U) + packet_bridge_words + 8;
    return (packet.size() * words_per_event + packet.size() / largest_step + fixed_words) * word_bytes;
}

std::size_t encode_evt3(const Packet& packet, Evt3EncodeState& state, std::byte* out) {
    check_coordinates(packet, coordinate_mask, "EVT3");
    Words words(out);
    std::uint64_t now_us = packet.first_us();
    std::uint64_t high = now_us >> 12U;
    move_high(words, state.high.value_or(high), high);
    words.put(time_low, now_us);

    std::uint32_t y = UINT32_MAX;
    const auto events = packet.events();
    const Event* event = events.data();
    const Event* const end = event + events.size();
    while (event != end) {
        const std::uint64_t t_us = packet.t0_us() + event->t;
        if (t_us >> 12U != high) {
            move_high(words, high, t_us >> 12U);
            high = t_us >> 12U;
            words.put(time_low, t_us);
        } else {
            words.put_if(t_us != now_us, time_low, t_us);
        }
        now_us = t_us;
        words.put_if(event->y() != y, addr_y, event->y());
        y = event->y();
        event = put_events(words, event, end);
    }
    state.high = high;
    return static_cast<std::size_t>(words.cursor() - out);
}

}  // namespace aestream
