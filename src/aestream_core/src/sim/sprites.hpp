// Sprites: small pictures drawn once, which fly across the sensor at sub-pixel positions and bounce off its borders.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sim/random.hpp"
#include "sim/scene.hpp"

namespace aestream::sim {

/// A picture with soft edges, surrounded by the zeros that block-wise reading may touch.
class Texture {
public:
    /// Draw the pixels of a width x height box whose points are `inside`, at `contrast` of log intensity.
    Texture(std::uint32_t width, std::uint32_t height, double contrast,
            const std::function<bool(double x_px, double y_px)>& inside);

    [[nodiscard]] int width() const { return width_; }
    [[nodiscard]] int height() const { return height_; }

    /// Pixel (u, v); readable for -lanes - 1 <= u < width + lanes + 1 and -1 <= v <= height.
    [[nodiscard]] const float* at(int u, int v) const { return &pixels_[index(u, v)]; }

private:
    [[nodiscard]] std::size_t index(int u, int v) const {
        const int margin = static_cast<int>(lanes) + 1;
        return static_cast<std::size_t>((v + 1) * (width_ + 2 * margin) + u + margin);
    }

    int width_;
    int height_;
    std::vector<float> pixels_;
};

/// Sprites add up where they overlap, as filters in front of one light do.
class SpriteScene final : public Scene {
public:
    /// Place each texture at random, flying in a random direction at half to full speed.
    SpriteScene(Sensor sensor, std::uint64_t seed, std::vector<Texture> textures);

    void move_to(double path_px) override;
    void changed_spans(std::vector<Span>& spans) const override;
    void render(const Span& span, float* log_intensity) const override;
    [[nodiscard]] double period_px() const override;

private:
    struct Place {
        int x, y;              // of the texture's first pixel, rounded down
        float part_x, part_y;  // the rest, in [0, 1)
    };
    struct Sprite {
        Texture texture;
        double start_x, start_y;
        double velocity_x, velocity_y;  // px per px of path
        Place before, now;
    };

    [[nodiscard]] Place place_of(const Sprite& sprite, double path_px) const;
    static void draw(const Sprite& sprite, const Span& span, float* log_intensity);

    Sensor sensor_;
    std::vector<Sprite> sprites_;
};

}  // namespace aestream::sim
