// Digits to numbers, eight or two fours at once.
#pragma once

#include <cstdint>
#include <cstring>

namespace aestream::csv {

inline std::uint64_t load_8(const char* text) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text, sizeof(bytes));
    return bytes;
}

inline std::uint32_t load_4(const char* text) {
    std::uint32_t bytes = 0;
    std::memcpy(&bytes, text, sizeof(bytes));
    return bytes;
}

/// The first `count` bytes, 1 to 8, with zeros before them.
inline std::uint64_t first_of_8(std::uint64_t bytes, unsigned count) { return bytes << (64 - 8 * count); }

/// Four lanes of two digits each, from eight digits; zero bytes count as '0'.
inline std::uint64_t pairs(std::uint64_t text) {
    const std::uint64_t digits = text & 0x0f0f0f0f0f0f0f0fU;
    return (digits * 10 + (digits >> 8U)) & 0x00ff00ff00ff00ffU;
}

/// Two numbers of four digits each, in the low and the high half.
inline std::uint64_t fours(std::uint64_t text) {
    const std::uint64_t two = pairs(text);
    return (two * 100 + (two >> 16U)) & 0x0000ffff0000ffffU;
}

/// A number of eight digits.
inline std::uint64_t eight(std::uint64_t text) {
    const std::uint64_t four = fours(text);
    return (four & 0xffffU) * 10'000 + (four >> 32U);
}

}  // namespace aestream::csv
