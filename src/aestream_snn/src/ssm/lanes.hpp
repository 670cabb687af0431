// Vectors of 64 bytes that every instruction set gets: GCC splits them where registers are narrower.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

// Compiles a function for AVX-512 and AVX2 with fused multiply-add as well, chosen when the program loads.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define SSM_CLONES [[gnu::target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")]]
#else
#define SSM_CLONES
#endif
#define SSM_INLINE [[gnu::always_inline]] inline

namespace aestream::ssm {

template <typename T>
struct LanesOf {
    using Index [[gnu::vector_size(64)]] = std::int32_t;
    using Type [[gnu::vector_size(64)]] = float;
};
template <>
struct LanesOf<double> {
    using Index [[gnu::vector_size(64)]] = std::int64_t;
    using Type [[gnu::vector_size(64)]] = double;
};

template <typename T>
using Lanes = typename LanesOf<T>::Type;
/// Numbers in one vector: 16 floats or 8 doubles.
template <typename T>
inline constexpr std::size_t lanes = 64 / sizeof(T);

template <typename T>
SSM_INLINE Lanes<T> load(const T* from) {
    Lanes<T> out;
    std::memcpy(&out, from, sizeof(out));
    return out;
}

template <typename T>
SSM_INLINE void store(T* to, const Lanes<T>& value) {
    std::memcpy(to, &value, sizeof(value));
}

/// Store, past the caches where `Past`; `to` is then aligned to 16 bytes.
template <typename T, bool Past>
SSM_INLINE void put(T* to, const Lanes<T>& value) {
#if defined(__SSE__) && defined(__GNUC__) && !defined(__clang__)
    if constexpr (Past) {
        using Quarter [[gnu::vector_size(16)]] = float;
        Quarter quarters[4];
        std::memcpy(quarters, &value, sizeof(value));
        for (int i = 0; i < 4; ++i) __builtin_ia32_movntps(reinterpret_cast<float*>(to) + 4 * i, quarters[i]);
        return;
    }
#endif
    store(to, value);
}

/// Make what went past the caches visible to other threads.
inline void fence() {
#if defined(__SSE__) && defined(__GNUC__) && !defined(__clang__)
    __builtin_ia32_sfence();
#endif
}

template <typename T>
SSM_INLINE Lanes<T> all(T value) {
    return value - Lanes<T>{};
}

}  // namespace aestream::ssm
