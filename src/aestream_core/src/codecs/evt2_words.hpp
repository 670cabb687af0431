// The 32-bit words of EVT2, and the fields that the 64-bit words of EVT2.1 have in their upper half.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aestream_core/decoder.hpp"
#include "aestream_core/evt2.hpp"

namespace aestream::evt2 {

enum Kind : std::uint32_t {
    cd_off = 0x0,
    cd_on = 0x1,
    time_high = 0x8,
    ext_trigger = 0xa,
    others = 0xe,
    continued = 0xf,
};

inline constexpr int kind_shift = 28;
inline constexpr int low_time_shift = 22;
inline constexpr int x_shift = 11;
inline constexpr int trigger_id_shift = 8;
inline constexpr std::uint32_t low_time_mask = 0x3f;
inline constexpr std::uint32_t coordinate_mask = 0x7ff;
inline constexpr std::uint32_t high_time_mask = 0xfffffff;
inline constexpr std::uint32_t trigger_id_mask = 0x1f;

[[nodiscard]] inline std::uint64_t low_time_of(std::uint32_t word) { return word >> low_time_shift & low_time_mask; }
[[nodiscard]] inline std::uint32_t kind_of(std::uint32_t word) { return word >> kind_shift; }

/// Offset of a TIME_HIGH value's start in the writer's packet, in which the low bits fit too.
[[nodiscard]] inline std::uint32_t offset_of_high(const Evt2Clock& high, PacketWriter& writer) {
    const std::uint64_t start_us = high.value() << evt2_low_bits;
    return writer.at(start_us | low_time_mask) - low_time_mask;
}

/// Count, and hand on, a word that is neither an event nor TIME_HIGH; `value` is the bit that triggers have apart.
inline void take_other(std::uint32_t word, std::uint16_t value, const Evt2Clock& high, DecodeCounters& counters,
                       SideRecords* side) {
    const std::uint32_t kind = kind_of(word);
    if (kind == ext_trigger) {
        ++counters.triggers;
        if (side == nullptr || !side->wanted().triggers) return;
        const auto id = static_cast<std::uint16_t>(word >> trigger_id_shift & trigger_id_mask);
        side->add(Trigger{(high.value() << evt2_low_bits) + low_time_of(word), id, value});
    } else if (kind != others && kind != continued) {
        ++counters.unknown_words;
    }
}

/// TIME_HIGH values of one word forward that no decoder takes for a step back.
inline constexpr std::uint64_t largest_step = Evt2Clock::range / 2 - 1;

/// TIME_HIGH words that lead from the encoder's last time to a packet's first, at most. Throws InvalidArgument where
/// the gap is absurd.
[[nodiscard]] std::size_t bridge_words(const Evt2Clock& high, const Packet& packet);

[[noreturn]] void refuse_step_back(std::uint64_t from_high, std::uint64_t to_high, std::string_view format);

/// Lead the clock to a TIME_HIGH value, one put_high(value) a word; the value must lie ahead, or within reach behind.
/// Throws InvalidArgument where it does not.
template <typename PutHigh>
void lead_high(Evt2Clock& high, std::uint64_t to_high, std::string_view format, PutHigh&& put_high) {
    while (high.running() && to_high > high.value() && to_high - high.value() > largest_step) {
        const std::uint64_t next = high.value() + largest_step;
        put_high(next);
        high.take(next & high_time_mask);
    }
    if (high.running() && !high.reaches(to_high)) refuse_step_back(high.value(), to_high, format);
    if (!high.running()) high.start_in_turn_of(to_high);
    put_high(to_high);
    high.take(to_high & high_time_mask);
}

}  // namespace aestream::evt2
