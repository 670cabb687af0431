// The ten digits, in a font of 5 by 7 cells, flying about.
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "sim/scenes.hpp"
#include "sim/sprites.hpp"

namespace aestream::sim {

namespace {

constexpr double contrast = 1.386;  // ln 4
constexpr std::uint32_t columns = 5;
constexpr std::uint32_t rows = 7;
constexpr std::uint32_t margin_px = 2;

constexpr std::array<std::string_view, 10> font{
    " ### #   ##   ##   ##   ##   # ### ",  // 0
    "  #   ##  # #    #    #    #  #####",  // 1
    " ### #   #    #  ##  #   #    #####",  // 2
    " ### #   #    #  ##     ##   # ### ",  // 3
    "   #   ##  # # #  # #####   #    # ",  // 4
    "######    #### #   #    ##   # ### ",  // 5
    " ### #    #    #### #   ##   # ### ",  // 6
    "#####    #   #   #    #   #    #   ",  // 7
    " ### #   ##   # ### #   ##   # ### ",  // 8
    " ### #   ##   # ####    #    # ### ",  // 9
};
static_assert(std::ranges::all_of(font, [](std::string_view glyph) { return glyph.size() == columns * rows; }));

Texture draw_digit(std::string_view glyph, std::uint32_t cell_px) {
    return {columns * cell_px + 2 * margin_px, rows * cell_px + 2 * margin_px, contrast, [=](double x_px, double y_px) {
                const double column = (x_px - margin_px) / cell_px;
                const double row = (y_px - margin_px) / cell_px;
                if (column < 0 || row < 0 || column >= columns || row >= rows) return false;
                return glyph[static_cast<std::uint32_t>(row) * columns + static_cast<std::uint32_t>(column)] == '#';
            }};
}

}  // namespace

std::unique_ptr<Scene> make_digits(Sensor sensor, std::uint64_t seed) {
    const std::uint32_t cell_px = std::max(1U, std::min(sensor.width, sensor.height) / (5 * rows));
    std::vector<Texture> textures;
    for (const std::string_view glyph : font) textures.push_back(draw_digit(glyph, cell_px));
    return std::make_unique<SpriteScene>(sensor, seed, std::move(textures));
}

}  // namespace aestream::sim
