// Which bytes of a text are no digits: fields and lines of CSV end there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace aestream::csv {

/// Bytes that find_marks looks at: a line that is read quickly is no longer.
inline constexpr std::size_t marked_bytes = 32;

/// One bit a byte, 1 where that is no digit.
#if defined(__SSE2__)
[[gnu::always_inline]] inline std::uint32_t find_marks(const char* text) {
    // Shifted so that the digits are the ten smallest signed bytes.
    const __m128i shift = _mm_set1_epi8(static_cast<char>(0x80 - '0'));
    const __m128i last_digit = _mm_set1_epi8(static_cast<char>(0x80 + 9));
    const auto bits_of = [&](const char* part) __attribute__((always_inline)) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(part));
        return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpgt_epi8(_mm_add_epi8(bytes, shift), last_digit)));
    };
    return bits_of(text) | bits_of(text + 16) << 16U;
}
#else
inline std::uint32_t find_marks(const char* text) {
    constexpr std::uint64_t tops = 0x8080808080808080U;
    std::uint32_t bits = 0;
    for (unsigned part = 0; part < 4; ++part) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, text + 8 * part, 8);
        const std::uint64_t folded = bytes ^ 0x3030303030303030U;
        const std::uint64_t above = (((folded & ~tops) + 0x7676767676767676U) | folded) & tops;
        // The product gathers the eight top bits in the highest byte, the first one lowest.
        bits |= static_cast<std::uint32_t>((above >> 7U) * 0x0102040810204080U >> 56U) << 8 * part;
    }
    return bits;
}
#endif

}  // namespace aestream::csv
