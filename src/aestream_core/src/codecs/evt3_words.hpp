// The 16-bit words of EVT3: type in the top 4 bits, payload in the low 12.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace aestream::evt3 {

enum Kind : std::uint32_t {
    addr_y = 0x0,
    addr_x = 0x2,
    vect_base_x = 0x3,
    vect_12 = 0x4,
    vect_8 = 0x5,
    time_low = 0x6,
    continued_4 = 0x7,
    time_high = 0x8,
    ext_trigger = 0xa,
    others = 0xe,
    continued_12 = 0xf,
};

inline constexpr std::uint32_t payload_mask = 0xfff;
inline constexpr std::uint32_t coordinate_mask = 0x7ff;
inline constexpr std::uint32_t polarity_bit = 0x800;
inline constexpr int trigger_id_shift = 8;
inline constexpr std::uint32_t trigger_id_mask = 0xf;
inline constexpr std::size_t word_bytes = 2;

[[nodiscard]] inline std::uint32_t load_word(const std::byte* bytes) {
    std::uint16_t word = 0;
    std::memcpy(&word, bytes, word_bytes);
    return word;
}

}  // namespace aestream::evt3
