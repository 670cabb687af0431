// Loops of the count surface. Those that add return the number of events outside the sensor, which add nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "aestream_core/event.hpp"
#include "counter.hpp"
#include "groups.hpp"

namespace aestream::kernels {

/// Add events to a frame.
std::size_t count_frame(std::span<const Event> events, Sensor sensor, CountMode mode, std::span<float> frame);

/// Add events to a frame, and write their cells to `cells`, which has room for a block more than there are events.
std::size_t count_noted(std::span<const Event> events, Sensor sensor, CountMode mode, std::span<float> frame,
                        std::uint32_t* cells);

/// Set the frame's values of some cells to zero.
void clear_cells(std::span<const std::uint32_t> cells, CountMode mode, std::uint32_t pixels, std::span<float> frame);

/// Add 1 to a byte; where it passes 255 it begins at 0, and the cell is noted.
inline void count_byte(std::uint32_t cell, std::span<std::uint8_t> bytes, std::vector<std::uint32_t>& passed) {
    if (++bytes[cell] == 0) [[unlikely]]
        passed.push_back(cell);
}

/// Add events to bytes, one a cell.
std::size_t count_bytes(std::span<const Event> events, Sensor sensor, std::span<std::uint8_t> bytes,
                        std::vector<std::uint32_t>& passed);

/// Give a frame the values of the bytes, which become zeros, as `passed` becomes empty; `touched` and `all` as in
/// Turning.
void turn_into_frame(std::span<std::uint8_t> bytes, std::vector<std::uint32_t>& passed, CountMode mode,
                     std::span<float> frame, std::span<std::uint8_t> touched, bool all);

}  // namespace aestream::kernels
