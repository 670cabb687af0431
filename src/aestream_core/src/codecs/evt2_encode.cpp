#include <algorithm>
#include <cstring>
#include <string>

#include "aestream_core/errors.hpp"
#include "aestream_core/evt2.hpp"
#include "aestream_core/multiversion.hpp"
#include "coordinate_check.hpp"
#include "evt2_words.hpp"

namespace aestream {

namespace evt2 {

namespace {
constexpr std::uint64_t longest_gap_us = std::uint64_t{1} << 52U;
}

std::size_t bridge_words(const Evt2Clock& high, const Packet& packet) {
    const std::uint64_t from_us = high.value() << evt2_low_bits;
    const std::uint64_t to_us = packet.first_us();
    const std::uint64_t gap_us = high.running() && to_us > from_us ? to_us - from_us : 0;
    if (gap_us > longest_gap_us) {
        throw InvalidArgument("time jumps ahead by " + std::to_string(gap_us) +
                              " us; EVT2 and EVT2.1 are written over gaps of at most " +
                              std::to_string(longest_gap_us) + " us");
    }
    return (gap_us >> evt2_low_bits) / largest_step + 2;
}

void refuse_step_back(std::uint64_t from_high, std::uint64_t to_high, std::string_view format) {
    throw InvalidArgument("time steps back by about " + std::to_string((from_high - to_high) << evt2_low_bits) +
                          " us; " + std::string(format) + " holds steps back of at most " +
                          std::to_string(evt2_wrap_us / 2) + " us, and of " +
                          std::to_string(Evt2Clock::late << evt2_low_bits) + " us over a wrap of its clock");
}

}  // namespace evt2

namespace {

using namespace evt2;

constexpr std::size_t word_bytes = 4;
constexpr std::ptrdiff_t chunk_events = 16;

std::byte* put_word(std::byte* out, std::uint32_t word) {
    std::memcpy(out, &word, word_bytes);
    return out + word_bytes;
}

[[gnu::always_inline]] inline std::uint32_t to_word(const Event& event, std::uint32_t t0_low_us) {
    const std::uint32_t low_time = (event.t + t0_low_us) & low_time_mask;
    return std::uint32_t{event.yp} >> 15U << kind_shift | low_time << low_time_shift |
           std::uint32_t{event.x} << x_shift | std::uint32_t{event.y()};
}

/// Whether all events of a chunk have the TIME_HIGH that starts at that offset, which may lie before the packet's base.
[[gnu::always_inline]] inline bool share_high(const Event* events, std::uint64_t high_offset_us) {
    std::uint64_t found = 0;
    for (std::ptrdiff_t i = 0; i < chunk_events; ++i) found |= events[i].t - high_offset_us;
    return found <= low_time_mask;
}

AESTREAM_MULTIVERSION std::byte* put_events(const Packet& packet, Evt2Clock& high, std::byte* out) {
    const auto t0_low_us = static_cast<std::uint32_t>(packet.t0_us() & low_time_mask);
    const auto events = packet.events();
    const Event* event = events.data();
    for (const Event* const end = event + events.size(); event != end;) {
        const std::uint64_t high_offset_us = (high.value() << evt2_low_bits) - packet.t0_us();
        if (end - event >= chunk_events && share_high(event, high_offset_us)) {
            for (std::ptrdiff_t i = 0; i < chunk_events; ++i) put_word(out + i * 4, to_word(event[i], t0_low_us));
            out += chunk_events * 4;
            event += chunk_events;
            continue;
        }
        const std::uint64_t event_high = (packet.t0_us() + event->t) >> evt2_low_bits;
        if (event_high != high.value()) {
            lead_high(high, event_high, "EVT2", [&](std::uint64_t value) {
                out = put_word(out, time_high << kind_shift | static_cast<std::uint32_t>(value & high_time_mask));
            });
            continue;
        }
        out = put_word(out, to_word(*event++, t0_low_us));
    }
    return out;
}

}  // namespace

std::size_t evt2_bound(const Packet& packet, const Evt2EncodeState& state) {
    return (2 * packet.size() + bridge_words(state.high, packet)) * word_bytes;
}

std::size_t encode_evt2(const Packet& packet, Evt2EncodeState& state, std::byte* out) {
    check_coordinates(packet, coordinate_mask, "EVT2");
    Evt2Clock high = state.high;
    const std::byte* const begin = out;
    if (!high.running()) {
        // A decoder knows no time before the first TIME_HIGH, whatever that is.
        lead_high(high, packet.first_us() >> evt2_low_bits, "EVT2", [&](std::uint64_t value) {
            out = put_word(out, time_high << kind_shift | static_cast<std::uint32_t>(value & high_time_mask));
        });
    }
    out = put_events(packet, high, out);
    state.high = high;
    return static_cast<std::size_t>(out - begin);
}

}  // namespace aestream
