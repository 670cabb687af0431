#include "kernels.hpp"

namespace aestream::kernels {

namespace {
// Events of a moving scene are spread over megabytes of cells: their cache lines are asked for this many events ahead.
constexpr std::size_t ahead = 24;

std::size_t cell(Event event, std::uint32_t width, std::uint32_t height) {
    return (std::size_t{event.on()} * height + event.y()) * width + event.x;
}
}  // namespace

std::size_t count(std::span<const Event> events, float* frame, std::uint32_t width, std::uint32_t height) {
    const std::size_t size = events.size();
    std::size_t outside = 0;
    for (std::size_t i = 0; i < size; ++i) {
        if (i + ahead < size) __builtin_prefetch(frame + cell(events[i + ahead], width, height), 1);
        const Event event = events[i];
        if (event.x < width && event.y() < height) [[likely]] {
            frame[cell(event, width, height)] += 1.0F;
        } else {
            ++outside;
        }
    }
    return outside;
}

}  // namespace aestream::kernels
