// The inner loop of the twin: add a kernel's weights to the states that one event reaches.
#pragma once

#include <cstddef>
#include <cstdint>

namespace aestream::speck {

/// Lanes of a position are a whole number of these, so that loops over them have no rest.
inline constexpr std::size_t lane_multiple = 16;

/// The output positions that one event reaches, and the weights that belong to them.
struct Patch {
    std::int16_t* states;         ///< of position (0, 0) of the layer
    const std::int16_t* weights;  ///< of the event's channel
    std::size_t lanes;
    std::uint32_t width;   ///< columns of the layer's output
    std::uint32_t kernel;  ///< side of the kernel
    std::uint32_t stride;
    std::uint32_t padded_y, padded_x;  ///< the event's place, padding added
    std::uint32_t y_begin, y_end;      ///< output rows reached
    std::uint32_t x_begin, x_end;      ///< output columns reached
    std::int16_t threshold, low;

    [[nodiscard]] std::size_t positions() const { return std::size_t{y_end - y_begin} * (x_end - x_begin); }
};

/// Add the weights, saturating at 32767 and at `low`. Writes the positions (y * width + x) with a state at or above
/// the threshold to `fired`, which has room for all, and gives how many there are.
std::size_t add_patch(const Patch& patch, std::uint32_t* fired);

/// Add one value a lane at one position; give whether a state is at or above the threshold.
bool add_lanes(std::int16_t* states, const std::int16_t* values, std::size_t lanes, std::int16_t threshold,
               std::int16_t low);

}  // namespace aestream::speck
