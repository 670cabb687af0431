#include "cells.hpp"

#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace aestream::kernels {

namespace {

bool cells_plain(const Event* events, std::uint32_t* cells, Sensor sensor) {
    std::uint32_t outside = 0;
    for (std::size_t i = 0; i < block; ++i) {
        const Event event = events[i];
        outside |= std::uint32_t{event.x >= sensor.width} | std::uint32_t{event.y() >= sensor.height};
        cells[i] = cell_of(event, sensor);
    }
    return outside == 0;
}

#if defined(__x86_64__)

int pair(std::uint32_t high, std::uint32_t low) { return static_cast<int>((high << 16U) | low); }

// Eight events at a time. The upper halves of their words hold x, y and polarity; one multiply-add of 16-bit pairs
// makes x + y * width of them, and a saturating subtraction leaves something only where a coordinate is too large.
[[gnu::target("avx2")]] bool cells_avx2(const Event* events, std::uint32_t* cells, Sensor sensor) {
    const __m256i largest = _mm256_set1_epi32(pair(sensor.height - 1U, sensor.width - 1U));
    const __m256i strides = _mm256_set1_epi32(pair(sensor.width, 1));
    const __m256i on = _mm256_set1_epi32(static_cast<int>(pixels(sensor)));
    const __m256i coordinates = _mm256_set1_epi32(0x7fffffff);
    __m256i outside = _mm256_setzero_si256();
    for (std::size_t i = 0; i < block; i += 8) {
        __m256i first;
        __m256i second;
        std::memcpy(&first, events + i, sizeof(first));
        std::memcpy(&second, events + i + 4, sizeof(second));
        // Takes the upper halves of events 0 1 4 5 2 3 6 7; put in order below.
        const __m256i mixed = _mm256_castps_si256(
            _mm256_shuffle_ps(_mm256_castsi256_ps(first), _mm256_castsi256_ps(second), 0b11'01'11'01));
        const __m256i upper = _mm256_permute4x64_epi64(mixed, 0b11'01'10'00);
        const __m256i xy = _mm256_and_si256(upper, coordinates);
        outside = _mm256_or_si256(outside, _mm256_subs_epu16(xy, largest));
        const __m256i pixel = _mm256_madd_epi16(xy, strides);
        const __m256i cell = _mm256_add_epi32(pixel, _mm256_and_si256(_mm256_srai_epi32(upper, 31), on));
        std::memcpy(cells + i, &cell, sizeof(cell));
    }
    return _mm256_testz_si256(outside, outside) != 0;
}

#endif

using Cells = bool (*)(const Event*, std::uint32_t*, Sensor);

Cells fastest() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) return cells_avx2;
#endif
    return cells_plain;
}

const Cells chosen = fastest();

}  // namespace

bool cells_of_block(const Event* events, std::uint32_t* cells, Sensor sensor) { return chosen(events, cells, sensor); }

}  // namespace aestream::kernels
