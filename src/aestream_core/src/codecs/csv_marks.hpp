// Where in a text the bytes are that are no digits: fields and lines of CSV end there.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace aestream::csv {

inline constexpr std::size_t mark_block_bytes = 64;
/// Marks beyond the last that find_marks stores for speed.
inline constexpr std::size_t mark_slack = 8;

/// One bit a byte, 1 where that is no digit.
#if defined(__SSE2__)
inline std::uint64_t non_digits(const char* text) {
    // Shifted so that the digits are the ten smallest signed bytes.
    const __m128i shift = _mm_set1_epi8(static_cast<char>(0x80 - '0'));
    const __m128i last_digit = _mm_set1_epi8(static_cast<char>(0x80 + 9));
    std::uint64_t bits = 0;
    for (unsigned part = 0; part < 4; ++part) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + 16 * part));
        const __m128i above = _mm_cmpgt_epi8(_mm_add_epi8(bytes, shift), last_digit);
        bits |= std::uint64_t{static_cast<std::uint16_t>(_mm_movemask_epi8(above))} << 16 * part;
    }
    return bits;
}
#else
inline std::uint64_t non_digits(const char* text) {
    constexpr std::uint64_t tops = 0x8080808080808080U;
    std::uint64_t bits = 0;
    for (unsigned part = 0; part < 8; ++part) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, text + 8 * part, 8);
        const std::uint64_t folded = bytes ^ 0x3030303030303030U;
        const std::uint64_t above = (((folded & ~tops) + 0x7676767676767676U) | folded) & tops;
        // The product gathers the eight top bits in the highest byte, the first one lowest.
        bits |= ((above >> 7U) * 0x0102040810204080U >> 56U) << 8 * part;
    }
    return bits;
}
#endif

/// Store the place behind each byte that is no digit, counted from the text's start. `marks` must have room for as many
/// as there are bytes, and mark_slack. Returns how many there are.
inline std::size_t find_marks(const char* text, std::size_t size, std::uint16_t* marks) {
    std::uint16_t* next = marks;
    const auto take_block = [&](const char* block, std::size_t at) {
        std::uint64_t bits = non_digits(block);
        std::uint16_t* const end = next + std::popcount(bits);
        // Most blocks have about ten: storing eight at once costs fewer branches that nobody can predict.
        while (next < end) {
            for (std::size_t i = 0; i < mark_slack; ++i) {
                next[i] = static_cast<std::uint16_t>(at + static_cast<std::size_t>(std::countr_zero(bits)) + 1);
                bits &= bits - 1;
            }
            next += mark_slack;
        }
        next = end;
    };
    std::size_t at = 0;
    for (; at + mark_block_bytes <= size; at += mark_block_bytes) take_block(text + at, at);
    if (at < size) {
        char last[mark_block_bytes];
        std::memset(last, '0', sizeof(last));
        std::memcpy(last, text + at, size - at);
        take_block(last, at);
    }
    return static_cast<std::size_t>(next - marks);
}

}  // namespace aestream::csv
