// Kernels on a CPU: the twins of the Triton kernels in aestream_gpu/surfaces.
//
// A cell is the place of a pixel and polarity in a (2, height, width) array. Every kernel that adds returns the number
// of events outside the sensor; they add nothing. Times of events count from the packet's t0_us; the other times that a
// kernel takes count from there too, and may be negative.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "aestream_core/event.hpp"

namespace aestream::kernels {

/// What a pixel that never fired has for a time stamp.
inline constexpr std::int32_t never = std::numeric_limits<std::int32_t>::min();

/// Keep the largest of a cell's time stamp and `offset` + t, for every event.
std::size_t stamp(std::span<const Event> events, std::span<std::int32_t> stamps, Sensor sensor, std::int64_t offset);

/// Turn time stamps into exp(-age / tau), or max(0, 1 - age / tau) where `linear`; the age is now - stamp, at least 0.
void decay(std::span<const std::int32_t> stamps, std::span<float> out, std::int32_t now, float tau_us, bool linear);

/// Add exp(-age / tau) to frame[polarity][y][x] for every event; the age is end - t, at least 0.
std::size_t leak(std::span<const Event> events, std::span<float> frame, Sensor sensor, std::int64_t end, float tau_us);

/// How a voxel grid divides its window.
struct Voxels {
    std::int64_t start;      ///< of the window, from the packet's t0_us
    std::int64_t length;     ///< of the window in µs, 1 or more
    std::uint32_t bins;      ///< 1 or more
    bool is_signed = false;  ///< one grid, off events subtract; else a grid for each polarity
    bool timed = false;      ///< an event adds its time within the window (0 to 1) instead of 1
};

/// Share every event between the two bins next to it in time.
std::size_t voxels(std::span<const Event> events, std::span<float> frame, Sensor sensor, const Voxels& grid);

/// How stacked frames divide the events of a window.
struct Stack {
    std::int64_t start;    ///< first time, or first rank, of frame 0
    std::int64_t length;   ///< of all frames together, in µs or events, 1 or more
    std::uint32_t frames;  ///< 1 or more
    bool by_count;         ///< frames by rank in the stream, else by time
};

/// Add 1 to frame[polarity][k][y][x] for every event of the k-th part.
std::size_t stack(std::span<const Event> events, std::span<float> frame, Sensor sensor, const Stack& parts);

/// Keep the `depth` largest time stamps of each cell, newest first: stamps[polarity][y][x][depth].
std::size_t remember(std::span<const Event> events, std::span<std::int32_t> stamps, Sensor sensor, std::uint32_t depth,
                     std::int64_t offset);

/// Turn them into out[polarity][depth][y][x]: 1 at an age of `low_us` or less, falling with its logarithm to 0 at
/// `high_us`.
void recency(std::span<const std::int32_t> stamps, std::span<float> out, std::uint32_t depth, std::int32_t now,
             float low_us, float high_us);

}  // namespace aestream::kernels
