// The 16-bit words of libcaer_cmp: type in the top 4 bits, payload in the low 12.
#pragma once

#include <cstddef>
#include <cstdint>

namespace aestream::libcaer_cmp {

enum Kind : std::uint32_t {
    time_high = 0,    ///< bits 23:12 of the time
    time_low = 1,     ///< bits 11:0
    addr_x = 2,       ///< column
    addr_y = 3,       ///< row and polarity: an event
    vect_base_y = 4,  ///< row and polarity of what follows
    vect_8 = 5,       ///< which of the next 8 rows have an event; the base moves on by 8
};

inline constexpr std::uint32_t payload_mask = 0xfff;
inline constexpr std::uint32_t coordinate_mask = 0x7ff;
inline constexpr std::uint32_t polarity_bit = 0x800;
inline constexpr std::size_t word_bytes = 2;
inline constexpr std::uint32_t vector_rows = 8;

}  // namespace aestream::libcaer_cmp
