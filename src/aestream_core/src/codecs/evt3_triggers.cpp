#include "evt3_triggers.hpp"

#include <array>

#include "evt3_words.hpp"

namespace aestream {

namespace {

using namespace evt3;

constexpr std::uint32_t rising_bit = 1;

void take(Evt3TriggerState& state, std::uint32_t word, SideRecords& side) {
    const std::uint32_t kind = word >> 12U;
    if (kind == time_high) state.clock.take_high(word & payload_mask);
    if (!state.clock.running()) return;
    if (kind == time_low) state.clock.take_low(word & payload_mask);
    if (kind != ext_trigger) return;
    side.add(Trigger{state.clock.time_us(), static_cast<std::uint16_t>(word >> 8U & 0xfU),
                     static_cast<std::uint16_t>(word & rising_bit)});
}

}  // namespace

void find_evt3_triggers(Evt3TriggerState& state, std::span<const std::byte> bytes, SideRecords& side) {
    if (bytes.empty()) return;
    if (state.half_word) {
        const std::array<std::byte, word_bytes> word{*state.half_word, bytes.front()};
        state.half_word.reset();
        take(state, load_word(word.data()), side);
        bytes = bytes.subspan(1);
    }
    for (; bytes.size() >= word_bytes; bytes = bytes.subspan(word_bytes)) take(state, load_word(bytes.data()), side);
    if (!bytes.empty()) state.half_word = bytes.front();
}

}  // namespace aestream
