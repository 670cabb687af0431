#include <cstring>

#include "aestream_core/libcaer.hpp"
#include "coordinate_check.hpp"
#include "libcaer_cmp_words.hpp"
#include "word_writer.hpp"

namespace aestream {

namespace {

using namespace libcaer_cmp;

constexpr std::ptrdiff_t shortest_vector = 3;  // two words beat one word an event from here on

using Words = WordWriter<Kind>;

bool same_column(const Event& a, const Event& b) { return a.t == b.t && a.x == b.x && a.on() == b.on(); }

bool may_start_vector(const Event* first, const Event* end) {
    if (end - first < shortest_vector) return false;
    const Event& third = first[shortest_vector - 1];
    return same_column(*first, third) && std::uint32_t{third.y()} - first->y() < vector_rows;
}

/// Events from `first` on of one time, column and polarity whose rows ascend within 8 of the first.
std::ptrdiff_t vector_length(const Event* first, const Event* end, std::uint32_t& mask) {
    mask = 1;
    std::uint32_t last_step = 0;
    const Event* event = first + 1;
    for (; event != end && same_column(*first, *event); ++event) {
        const std::uint32_t step = std::uint32_t{event->y()} - first->y();
        if (step <= last_step || step >= vector_rows) break;
        mask |= 1U << step;
        last_step = step;
    }
    return event - first;
}

/// Write the event or vector that starts at `first`; its time and column are written. Returns the event after it.
const Event* put_events(Words& words, const Event* first, const Event* end) {
    const std::uint32_t row = first->y() | (first->on() ? polarity_bit : 0U);
    if (may_start_vector(first, end)) {
        std::uint32_t mask = 0;
        const std::ptrdiff_t length = vector_length(first, end, mask);
        if (length >= shortest_vector) {
            words.put(vect_base_y, row);
            words.put(vect_8, mask);
            return first + length;
        }
    }
    words.put(addr_y, row);
    return first + 1;
}

}  // namespace

std::size_t encode_libcaer_cmp(const Packet& packet, std::uint64_t base_us, std::byte* out) {
    check_coordinates(packet, coordinate_mask, "libcaer_cmp");
    Words words(out);
    const auto behind_us = static_cast<std::uint32_t>(packet.t0_us() - base_us);
    const auto events = packet.events();
    const Event* event = events.data();
    std::uint32_t time_us = 0;
    std::uint32_t x = UINT32_MAX;
    for (const Event* const end = event + events.size(); event != end;) {
        const std::uint32_t t_us = behind_us + event->t;
        words.put_if(t_us >> 12U != time_us >> 12U, time_high, t_us >> 12U);
        words.put_if(((t_us ^ time_us) & payload_mask) != 0, time_low, t_us);
        words.put_if(event->x != x, addr_x, event->x);
        time_us = t_us;
        x = event->x;
        event = put_events(words, event, end);
    }
    return static_cast<std::size_t>(words.cursor() - out);
}

}  // namespace aestream
