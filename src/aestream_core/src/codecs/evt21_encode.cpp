#include <algorithm>
#include <cstring>

#include "aestream_core/evt21.hpp"
#include "coordinate_check.hpp"
#include "evt21_words.hpp"
#include "evt2_words.hpp"

namespace aestream {

namespace {

using namespace evt2;
using evt21::group_columns;

class WordWriter {
public:
    WordWriter(std::byte* out, Evt21WordOrder order) : cursor_(out), rotation_(evt21::rotation_of(order)) {}
    void put(std::uint32_t word, std::uint32_t mask) {
        const std::uint64_t both = std::rotl(std::uint64_t{word} << 32U | mask, rotation_);
        std::memcpy(cursor_, &both, evt21::word_bytes);
        cursor_ += evt21::word_bytes;
    }
    [[nodiscard]] std::byte* cursor() const { return cursor_; }

private:
    std::byte* cursor_;
    int rotation_;
};

/// Write the events from `first` on that fit one word: same time, row and polarity, columns strictly ascending within
/// one group. Returns the event after them.
const Event* put_group(WordWriter& words, const Event* first, const Event* end, std::uint32_t low_time) {
    const std::uint32_t group_x = first->x & ~(group_columns - 1);
    std::uint32_t mask = 1U << (first->x - group_x);
    const Event* event = first + 1;
    for (; event != end && event->t == first->t && event->yp == first->yp; ++event) {
        const std::uint32_t column = std::uint32_t{event->x} - group_x;
        if (column >= group_columns || 1U << column <= mask) break;
        mask |= 1U << column;
    }
    words.put(
        std::uint32_t{first->yp} >> 15U << kind_shift | low_time << low_time_shift | group_x << x_shift | first->y(),
        mask);
    return event;
}

}  // namespace

std::size_t evt21_bound(const Packet& packet, const Evt21EncodeState& state) {
    return (2 * packet.size() + bridge_words(state.high, packet)) * evt21::word_bytes;
}

std::size_t encode_evt21(const Packet& packet, Evt21EncodeState& state, std::byte* out) {
    check_coordinates(packet, coordinate_mask, "EVT2.1");
    Evt2Clock high = state.high;
    WordWriter words(out, state.order);
    const auto events = packet.events();
    const Event* event = events.data();
    for (const Event* const end = event + events.size(); event != end;) {
        const std::uint64_t t_us = packet.t0_us() + event->t;
        if (!high.running() || t_us >> evt2_low_bits != high.value()) {
            lead_high(high, t_us >> evt2_low_bits, "EVT2.1", [&](std::uint64_t value) {
                words.put(time_high << kind_shift | static_cast<std::uint32_t>(value & high_time_mask), 0);
            });
        }
        event = put_group(words, event, end, static_cast<std::uint32_t>(t_us & low_time_mask));
    }
    state.high = high;
    return static_cast<std::size_t>(words.cursor() - out);
}

}  // namespace aestream
