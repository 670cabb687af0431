// The 64-bit records of DAT: time in the low half, place in the high one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "aestream_core/dat.hpp"

namespace aestream::dat {

inline constexpr int x_shift = 32;
inline constexpr int y_shift = 46;
inline constexpr int polarity_shift = 60;
inline constexpr std::uint64_t coordinate_mask = dat_largest_coordinate;
inline constexpr std::uint64_t low_time_mask = UINT32_MAX;

/// Times that lie no further than this before and after one time are less than half the clock's range apart: whatever
/// their order, the clock does not wrap between them.
inline constexpr int near_bits = 31;
inline constexpr std::uint64_t near_us = std::uint64_t{1} << (near_bits - 1);

[[nodiscard]] inline std::uint64_t load_record(const std::byte* bytes) {
    std::uint64_t record = 0;
    std::memcpy(&record, bytes, dat_record_bytes);
    return record;
}

}  // namespace aestream::dat
