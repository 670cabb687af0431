#include "kernels.hpp"

namespace aestream::kernels {

std::size_t count(std::span<const Event> events, float* frame, std::uint32_t width, std::uint32_t height) {
    const std::size_t channel = std::size_t{width} * height;
    std::size_t outside = 0;
    for (const Event event : events) {
        const std::uint32_t x = event.x;
        const std::uint32_t y = event.y();
        if (x < width && y < height) [[likely]] {
            frame[(event.on() ? channel : 0) + std::size_t{y} * width + x] += 1.0F;
        } else {
            ++outside;
        }
    }
    return outside;
}

}  // namespace aestream::kernels
