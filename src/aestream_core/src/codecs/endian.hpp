// Numbers in the byte order of network and Java, which some file formats have.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace aestream {

template <std::unsigned_integral T>
[[nodiscard]] inline T load_little_endian(const std::byte* from) {
    T value;
    std::memcpy(&value, from, sizeof(T));
    return value;
}

template <std::unsigned_integral T>
[[nodiscard]] inline T load_big_endian(const std::byte* from) {
    const T value = load_little_endian<T>(from);
    if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
    if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
    if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
}

}  // namespace aestream
