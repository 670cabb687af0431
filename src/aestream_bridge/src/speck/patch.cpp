#include "patch.hpp"

#include <cstring>

namespace aestream::speck {
namespace {

/// Eight states side by side: one register of every processor with vectors, and loops where there are none.
using Lanes [[gnu::vector_size(16)]] = std::int16_t;
constexpr std::size_t width = sizeof(Lanes) / sizeof(std::int16_t);
static_assert(lane_multiple % width == 0);

[[gnu::always_inline]] inline Lanes load(const std::int16_t* from) {
    Lanes lanes;
    std::memcpy(&lanes, from, sizeof(lanes));
    return lanes;
}

/// Give the smaller, or the larger, of each lane.
[[gnu::always_inline]] inline Lanes smaller(Lanes a, Lanes b) { return a < b ? a : b; }
[[gnu::always_inline]] inline Lanes larger(Lanes a, Lanes b) { return a > b ? a : b; }

/// Add in 16 bits without overflow: the state moves to where the sum just fits, then the value is added.
[[gnu::always_inline]] inline bool add(std::int16_t* states, const std::int16_t* values, std::size_t lanes,
                                       std::int16_t threshold, std::int16_t low) {
    const Lanes zero{}, least = zero + low, limit = zero + threshold;
    const Lanes top = zero + std::int16_t{32767}, bottom = zero + std::int16_t{-32768};
    Lanes fired{};
    for (std::size_t lane = 0; lane < lanes; lane += width) {
        const Lanes value = load(values + lane);
        const Lanes room =
            larger(smaller(load(states + lane), top - larger(value, zero)), bottom - smaller(value, zero));
        const Lanes sum = larger(room + value, least);
        std::memcpy(states + lane, &sum, sizeof(sum));
        fired |= sum >= limit;
    }
    std::uint64_t words[sizeof(fired) / 8];
    std::memcpy(words, &fired, sizeof(fired));
    return (words[0] | words[1]) != 0;
}

}  // namespace

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
