// Events of words that hold a bit for each of several neighbouring pixels.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "aestream_core/event.hpp"

namespace aestream {

// An event as a 64-bit number: see Event.
inline constexpr int event_x_shift = 32;
inline constexpr int event_y_shift = 48;
inline constexpr int event_polarity_shift = 63;
/// Events that put_vector may store beyond those that count.
inline constexpr std::size_t vector_slack_events = 2;

inline void store_event(Event* to, std::uint64_t record) { std::memcpy(to, &record, sizeof(record)); }

/// Write the events of a mask, lowest bit first; first_record is the event of bit 0. Most masks hold few events: the
/// first two are stored without asking.
inline Event* put_vector(Event* out, std::uint64_t first_record, std::uint32_t mask) {
    constexpr std::uint32_t sentinel = 1U << 31U;
    Event* const end = out + std::popcount(mask);
    for (int i = 0; i < 2; ++i) {
        const auto step = static_cast<std::uint64_t>(std::countr_zero(mask | sentinel));
        store_event(out++, first_record + (step << event_x_shift));
        mask &= mask - 1;
    }
    for (; mask != 0; mask &= mask - 1) {
        store_event(out++, first_record + (static_cast<std::uint64_t>(std::countr_zero(mask)) << event_x_shift));
    }
    return end;
}

}  // namespace aestream
