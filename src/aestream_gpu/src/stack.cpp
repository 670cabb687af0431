#include "cells.hpp"
#include "kernels.hpp"

namespace aestream::kernels {

namespace {

/// Give the frame of a time or rank: those before the first go into the first, those after the last into the last.
std::uint32_t frame_of(std::int64_t value, const Stack& parts) {
    const std::int64_t since = std::clamp<std::int64_t>(value - parts.start, 0, parts.length - 1);
    return static_cast<std::uint32_t>(since * parts.frames / parts.length);
}

}  // namespace

std::size_t stack(std::span<const Event> events, std::span<float> frame, Sensor sensor, const Stack& parts) {
    std::array<std::uint32_t, block> cells;
    const std::uint32_t plane = pixels(sensor);
    return for_each_block(events, sensor, [&](const Block& part) {
        for (std::size_t i = 0; i < part.size; ++i) {
            const Event event = part.events[i];
            const std::uint32_t k = frame_of(parts.by_count ? part.ranks[i] : event.t, parts);
            cells[i] = part.cells[i] + plane * (k + (event.on() ? parts.frames - 1 : 0));
        }
        prefetch(frame.data(), cells.data(), part.size);
        for (std::size_t i = 0; i < part.size; ++i) frame[cells[i]] += 1.0F;
    });
}

}  // namespace aestream::kernels
