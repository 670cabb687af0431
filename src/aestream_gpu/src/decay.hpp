// Exponentials and logarithms as the compiler can vectorise them.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>

// Compiles a function for AVX2 as well, chosen when the program loads.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define WIDE_VECTORS [[gnu::target_clones("avx2", "default")]]
#else
#define WIDE_VECTORS
#endif

namespace aestream::kernels {

/// Give exp(-x) for x >= 0, within 2e-7 of it, and never less than the smallest normal number.
inline float exp_of_minus(float x) {
    const float exponent = std::min(x, 87.0F) * -1.442695041F;
    const auto whole = static_cast<std::int32_t>(exponent - 0.5F);
    const float rest = exponent - static_cast<float>(whole);  // -0.5 to 0.5
    float power = 1.5403530e-4F;                              // Taylor series of 2^rest
    power = power * rest + 1.3333558e-3F;
    power = power * rest + 9.6181291e-3F;
    power = power * rest + 5.5504109e-2F;
    power = power * rest + 2.4022651e-1F;
    power = power * rest + 6.9314718e-1F;
    power = power * rest + 1.0F;
    return power * std::bit_cast<float>((whole + 127) << 23);
}

/// Give the natural logarithm of x >= 1, within 3e-7 of it and of 1.
inline float log_of(float x) {
    constexpr std::int32_t root_of_half = 0x3f3504f3;  // its bits: what is left of x lies between it and its inverse
    const auto bits = std::bit_cast<std::int32_t>(x);
    const std::int32_t power = (bits - root_of_half) >> 23;
    const float rest = std::bit_cast<float>(bits - (power << 23)) - 1.0F;
    const float s = rest / (2.0F + rest);  // ln(1 + rest) is 2 artanh(s), of which this is the series
    const float square = s * s;
    const float series = 1.0F + square * (0.333333333F + square * (0.2F + square * 0.142857143F));
    return static_cast<float>(power) * 0.693147181F + 2.0F * s * series;
}

/// Give later - earlier in µs, at least 0 and at most what an int32 holds.
inline std::int32_t age_us(std::int64_t later, std::int64_t earlier) {
    constexpr std::int64_t oldest = std::numeric_limits<std::int32_t>::max();
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(later - earlier, 0, oldest));
}

}  // namespace aestream::kernels
