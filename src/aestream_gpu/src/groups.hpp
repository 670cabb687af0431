// Groups of cells that are looked at, and written, together: four lines of memory of a frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "counter.hpp"

namespace aestream::kernels {

inline constexpr std::size_t group_cells = 64;
inline std::size_t groups(std::size_t frame_cells) { return (frame_cells + group_cells - 1) / group_cells; }

/// Bytes, the frame that they become, and what is known of it.
struct Turning {
    std::uint8_t* bytes;  ///< one a cell; become zeros
    std::uint8_t* on;     ///< those of on events, where they are subtracted from
    std::span<float> frame;
    std::uint8_t* touched;  ///< one a group: whether it was not all zeros, and afterwards whether it is not
    bool all;               ///< write every group, else only those that are not all zeros, or were not
};

/// Give a frame the values of bytes.
void turn_groups(CountMode mode, Turning of);

/// Set the touched groups of a frame to zero.
void clear_groups(std::span<const std::uint8_t> touched, std::span<float> frame);

}  // namespace aestream::kernels
