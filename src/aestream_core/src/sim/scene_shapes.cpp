// Squares, circles and triangles, bright and dark, flying about.
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "sim/scenes.hpp"
#include "sim/sprites.hpp"

namespace aestream::sim {

namespace {

constexpr std::uint32_t margin_px = 2;

/// Whether a point of the square from (-1, -1) to (1, 1) lies inside the shape.
using Outline = bool (*)(double x, double y);

constexpr std::array<Outline, 3> outlines{
    [](double x, double y) { return std::fabs(x) <= 0.9 && std::fabs(y) <= 0.9; },
    [](double x, double y) { return x * x + y * y <= 1; },
    [](double x, double y) { return y <= 0.8 && y >= 2 * std::fabs(x) - 1; },
};
constexpr std::array<double, 3> relative_sizes{0.19, 0.26, 0.33};  // of the sensor's smaller side
constexpr std::array<double, 2> contrasts{1.386, -1.1};            // of log intensity: 4 and 1/3 times the ground

Texture draw_shape(Outline outline, std::uint32_t side_px, double contrast) {
    const double radius_px = 0.5 * side_px;
    return {side_px + 2 * margin_px, side_px + 2 * margin_px, contrast, [=](double x_px, double y_px) {
                return outline((x_px - margin_px) / radius_px - 1, (y_px - margin_px) / radius_px - 1);
            }};
}

}  // namespace

std::unique_ptr<Scene> make_shapes(Sensor sensor, std::uint64_t seed) {
    const double smaller_side = std::min(sensor.width, sensor.height);
    std::vector<Texture> textures;
    for (const double relative_size : relative_sizes) {
        for (const Outline outline : outlines) {
            const auto side_px = static_cast<std::uint32_t>(std::max(4.0, relative_size * smaller_side));
            textures.push_back(draw_shape(outline, side_px, contrasts[textures.size() % contrasts.size()]));
        }
    }
    return std::make_unique<SpriteScene>(sensor, seed, std::move(textures));
}

}  // namespace aestream::sim
