// Time stamps of cells: µs from a base that the surface keeps, in 32 bits.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "kernels.hpp"

namespace aestream::kernels {

inline std::int32_t stamp_of(std::uint32_t t, std::int64_t offset) {
    constexpr std::int64_t oldest = std::int64_t{never} + 1;
    constexpr std::int64_t newest = std::numeric_limits<std::int32_t>::max();
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(offset + t, oldest, newest));
}

/// Give now - stamp as a float, at least 0. Two stamps may lie further apart than an int32 reaches, not than a uint32.
inline float age_of(std::int32_t stamp, std::int32_t now) {
    const std::uint32_t age = static_cast<std::uint32_t>(now) - static_cast<std::uint32_t>(std::min(stamp, now));
    constexpr std::uint32_t longest = std::numeric_limits<std::int32_t>::max();
    return static_cast<float>(static_cast<std::int32_t>(std::min(age, longest)));
}

/// Give 0 for a pixel that never fired, else 1: a product, for a branch would keep the loops from being vectorised.
inline float known(std::int32_t stamp) { return static_cast<float>(stamp != never); }

}  // namespace aestream::kernels
