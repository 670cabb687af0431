#include "cells.hpp"
#include "decay.hpp"
#include "kernels.hpp"

namespace aestream::kernels {

WIDE_VECTORS std::size_t leak(std::span<const Event> events, std::span<float> frame, Sensor sensor, std::int64_t end,
                              float tau_us) {
    const float rate = 1.0F / tau_us;
    std::array<float, block> weights;
    return for_each_block(events, sensor, [&](const Block& part) {
        prefetch(frame.data(), part.cells, part.size);
        for (std::size_t i = 0; i < part.size; ++i)
            weights[i] = static_cast<float>(age_us(end, part.events[i].t)) * rate;
        for (std::size_t i = 0; i < part.size; ++i) weights[i] = exp_of_minus(weights[i]);
        for (std::size_t i = 0; i < part.size; ++i) frame[part.cells[i]] += weights[i];
    });
}

}  // namespace aestream::kernels
