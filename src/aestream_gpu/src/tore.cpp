#include <cmath>

#include "cells.hpp"
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

void recency(std::span<const std::int32_t> stamps, std::span<float> out, std::uint32_t depth, std::int32_t now,
             float low_us, float high_us) {
    const float top = std::log(high_us + 1.0F);
    const float scale = 1.0F / (top - std::log(low_us + 1.0F));
    const std::size_t plane = stamps.size() / (2 * std::size_t{depth});
    for (std::size_t cell = 0; cell < 2 * plane; ++cell) {
        const std::size_t first = cell < plane ? cell : plane * depth + (cell - plane);
        for (std::uint32_t k = 0; k < depth; ++k) {
            const std::int32_t stamp = stamps[cell * depth + k];
            if (stamp == never) continue;  // `out` is zeros
            const float age = std::clamp(age_of(stamp, now), low_us, high_us);
            out[first + k * plane] = (top - std::log(age + 1.0F)) * scale;
        }
    }
}

}  // namespace aestream::kernels
