#include <cmath>

#include "cells.hpp"
#include "decay.hpp"
#include "kernels.hpp"
#include "stamps.hpp"

namespace aestream::kernels {

std::size_t remember(std::span<const Event> events, std::span<std::int32_t> stamps, Sensor sensor, std::uint32_t depth,
                     std::int64_t offset) {
    return for_each_block(events, sensor, [&](const Block& part) {
        for (std::size_t i = 0; i < part.size; ++i) {
            __builtin_prefetch(&stamps[std::size_t{part.cells[i]} * depth], 1);
        }
        for (std::size_t i = 0; i < part.size; ++i) {
            std::int32_t* slots = &stamps[std::size_t{part.cells[i]} * depth];
            std::int32_t passed = stamp_of(part.events[i].t, offset);
            for (std::uint32_t k = 0; k < depth; ++k) {
                const std::int32_t kept = std::max(slots[k], passed);
                passed = std::min(slots[k], passed);
                slots[k] = kept;
            }
        }
    });
}

WIDE_VECTORS void recency(std::span<const std::int32_t> stamps, std::span<float> out, std::uint32_t depth,
                          std::int32_t now, float low_us, float high_us) {
    constexpr std::size_t part = 128;  // cells whose stamps of one rank are put side by side
    std::array<std::int32_t, part> rank;
    const float top = std::log(high_us + 1.0F);
    const float scale = 1.0F / (top - std::log(low_us + 1.0F));
    const std::size_t plane = stamps.size() / (2 * std::size_t{depth});
    for (std::size_t cell = 0; cell < 2 * plane;) {
        const std::size_t row = cell < plane ? 0 : plane;  // the polarity's first cell
        const std::size_t size = std::min(part, row + plane - cell);
        for (std::size_t k = 0; k < depth; ++k) {
            const std::int32_t* from = &stamps[cell * depth + k];
            float* to = &out[row * depth + k * plane + (cell - row)];
            for (std::size_t i = 0; i < size; ++i) rank[i] = from[i * depth];
            for (std::size_t i = 0; i < size; ++i) {
                const float age = std::clamp(age_of(rank[i], now), low_us, high_us);
                to[i] = std::max(0.0F, (top - log_of(age + 1.0F)) * scale) * known(rank[i]);
            }
        }
        cell += size;
    }
}

}  // namespace aestream::kernels
