#include "patch.hpp"

#include <algorithm>

#include "aestream_core/multiversion.hpp"

namespace aestream::speck {
namespace {

/// Add in 16 bits without overflow: the state moves to where the sum just fits, then the value is added.
[[gnu::always_inline]] inline bool add(std::int16_t* __restrict states, const std::int16_t* __restrict values,
                                       std::size_t lanes, std::int16_t threshold, std::int16_t low) {
    std::int16_t any = 0;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        const std::int16_t value = values[lane];
        const auto highest = static_cast<std::int16_t>(32767 - std::max<std::int16_t>(value, 0));
        const auto lowest = static_cast<std::int16_t>(-32768 - std::min<std::int16_t>(value, 0));
        const auto room = std::max(std::min(states[lane], highest), lowest);
        const auto sum = std::max(static_cast<std::int16_t>(room + value), low);
        states[lane] = sum;
        any = static_cast<std::int16_t>(any | (sum >= threshold ? -1 : 0));
    }
    return any != 0;
}

}  // namespace

AESTREAM_MULTIVERSION
std::size_t add_patch(const Patch& patch, std::uint32_t* fired) {
    std::size_t count = 0;
    for (std::uint32_t y = patch.y_begin; y < patch.y_end; ++y) {
        const std::size_t row = std::size_t{patch.padded_y - y * patch.stride} * patch.kernel;
        for (std::uint32_t x = patch.x_begin; x < patch.x_end; ++x) {
            const std::uint32_t position = y * patch.width + x;
            const std::int16_t* weights = patch.weights + (row + patch.padded_x - x * patch.stride) * patch.lanes;
            fired[count] = position;
            count += add(patch.states + position * patch.lanes, weights, patch.lanes, patch.threshold, patch.low);
        }
    }
    return count;
}

bool add_lanes(std::int16_t* states, const std::int16_t* values, std::size_t lanes, std::int16_t threshold,
               std::int16_t low) {
    return add(states, values, lanes, threshold, low);
}

}  // namespace aestream::speck
