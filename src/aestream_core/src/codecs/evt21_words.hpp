// The 64-bit words of EVT2.1: an EVT2 word, whose x is that of the first of 32 pixels, and a mask of them.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "aestream_core/evt21.hpp"

namespace aestream::evt21 {

inline constexpr std::size_t word_bytes = 8;
inline constexpr std::uint32_t group_columns = 32;

/// Bits to rotate a little-endian word by, so that the EVT2 word is its upper half.
[[nodiscard]] inline int rotation_of(Evt21WordOrder order) { return order == Evt21WordOrder::legacy ? 32 : 0; }

[[nodiscard]] inline std::uint64_t load_word(const std::byte* bytes, int rotation) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, word_bytes);
    return std::rotl(word, rotation);
}

}  // namespace aestream::evt21
