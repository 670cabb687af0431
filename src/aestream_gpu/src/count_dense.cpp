#include <vector>

#include "cells.hpp"
#include "kernels.hpp"

namespace aestream::kernels {

namespace {

// A byte that passes 255 starts again at 0, and its cell is noted; the float gets the 256 events then.
constexpr float noted_events = 256.0F;

constexpr std::size_t large_bytes = std::size_t{1} << 20U;

void add_and_clear(std::span<float> frame, std::span<std::uint8_t> bytes) {
    float* __restrict sums = frame.data();
    std::uint8_t* __restrict counts = bytes.data();
    for (std::size_t i = 0; i < frame.size(); ++i) {
        sums[i] += static_cast<float>(counts[i]);
        counts[i] = 0;
    }
}

}  // namespace

bool is_dense(std::size_t events, std::size_t cells) {
    return cells * sizeof(float) > large_bytes && events >= cells / 4;
}

std::size_t count_dense(std::span<const Event> events, std::span<float> frame, Sensor sensor,
                        std::span<std::uint8_t> bytes) {
    std::vector<std::uint32_t> full;
    const std::size_t outside = for_each_block(events, sensor, [&](const Block& part) {
        for (std::size_t i = 0; i < part.size; ++i) {
            if (++bytes[part.cells[i]] == 0) [[unlikely]]
                full.push_back(part.cells[i]);
        }
    });
    for (const std::uint32_t cell : full) frame[cell] += noted_events;
    add_and_clear(frame, bytes);
    return outside;
}

}  // namespace aestream::kernels
