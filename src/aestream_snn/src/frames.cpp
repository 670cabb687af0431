#include "frames.hpp"

namespace aestream::snn {

namespace {

/// Count one event; false where it lies outside.
bool add(const Event& event, const Frames& frames, std::size_t frame) {
    const std::size_t x = event.x / frames.shrink;
    const std::size_t y = event.y() / frames.shrink;
    if (x >= frames.width || y >= frames.height) return false;
    const std::size_t channel = event.on() ? 1 : 0;
    frames.first[frame * frames.stride + (channel * frames.height + y) * frames.width + x] += 1;
    return true;
}

}  // namespace

std::size_t count_by_time(std::span<const Event> events, const Frames& frames, std::int64_t start,
                          std::int64_t length) {
    std::size_t counted = 0;
    const double per_us = static_cast<double>(frames.count) / static_cast<double>(length);
    for (const Event& event : events) {
        const std::int64_t since = std::int64_t{event.t} - start;
        if (since < 0 || since >= length) continue;
        counted += add(event, frames, static_cast<std::size_t>(static_cast<double>(since) * per_us)) ? 1U : 0U;
    }
    return counted;
}

std::size_t count_by_number(std::span<const Event> events, const Frames& frames) {
    std::size_t counted = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        counted += add(events[i], frames, i * frames.count / events.size()) ? 1U : 0U;
    }
    return counted;
}

}  // namespace aestream::snn
