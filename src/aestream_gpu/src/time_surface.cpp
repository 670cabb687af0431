#include "cells.hpp"
#include "decay.hpp"
#include "kernels.hpp"
#include "stamps.hpp"

namespace aestream::kernels {

std::size_t stamp(std::span<const Event> events, std::span<std::int32_t> stamps, Sensor sensor, std::int64_t offset) {
    return for_each_block(events, sensor, [&](const Block& part) {
        prefetch(stamps.data(), part.cells, part.size);
        for (std::size_t i = 0; i < part.size; ++i) {
            std::int32_t& last = stamps[part.cells[i]];
            last = std::max(last, stamp_of(part.events[i].t, offset));
        }
    });
}

WIDE_VECTORS void decay(std::span<const std::int32_t> stamps, std::span<float> out, std::int32_t now, float tau_us,
                        bool linear) {
    const float rate = 1.0F / tau_us;
    if (linear) {
        for (std::size_t i = 0; i < stamps.size(); ++i) {
            const float value = std::max(0.0F, 1.0F - age_of(stamps[i], now) * rate);
            out[i] = value * known(stamps[i]);
        }
    } else {
        for (std::size_t i = 0; i < stamps.size(); ++i) {
            const float value = exp_of_minus(age_of(stamps[i], now) * rate);
            out[i] = value * known(stamps[i]);
        }
    }
}

}  // namespace aestream::kernels
