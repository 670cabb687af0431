#include "sim/sprites.hpp"

#include <algorithm>
#include <cmath>

#include "aestream_core/multiversion.hpp"
#include "sim/turns.hpp"

namespace aestream::sim {

namespace {

/// Share of the 2 px wide square about a pixel's centre that lies inside: edges rise over 2 px.
double coverage(double x_px, double y_px, const std::function<bool(double, double)>& inside) {
    constexpr int samples = 8;
    int hits = 0;
    for (int j = 0; j < samples; ++j) {
        for (int i = 0; i < samples; ++i) {
            hits += inside(x_px + (i + 0.5) * (2. / samples) - 1, y_px + (j + 0.5) * (2. / samples) - 1) ? 1 : 0;
        }
    }
    return static_cast<double>(hits) / (samples * samples);
}

/// Reflect a position at 0 and at `range`, however far it has run.
double bounce(double position, double range) {
    if (range <= 0) return 0;
    const double folded = position - std::floor(position / (2 * range)) * (2 * range);
    return folded <= range ? folded : 2 * range - folded;
}

struct Weights {
    float here, left, above, above_left;
};

AESTREAM_MULTIVERSION void add_bilinear(const float* __restrict row, const float* __restrict row_above, Weights weights,
                                        std::size_t count, float* __restrict log_intensity) {
    for (std::size_t i = 0; i < count; ++i) {
        const float* const left = row - 1;
        const float* const above_left = row_above - 1;
        log_intensity[i] += weights.here * row[i] + weights.left * left[i] + weights.above * row_above[i] +
                            weights.above_left * above_left[i];
    }
}

}  // namespace

Texture::Texture(std::uint32_t width, std::uint32_t height, double contrast,
                 const std::function<bool(double x_px, double y_px)>& inside)
    : width_(static_cast<int>(width)),
      height_(static_cast<int>(height)),
      pixels_(index(-static_cast<int>(lanes) - 1, height_ + 1)) {
    for (int v = 0; v < height_; ++v) {
        for (int u = 0; u < width_; ++u) {
            pixels_[index(u, v)] = static_cast<float>(contrast * coverage(u + 0.5, v + 0.5, inside));
        }
    }
}

SpriteScene::SpriteScene(Sensor sensor, std::uint64_t seed, std::vector<Texture> textures) : sensor_(sensor) {
    Random random(seed, 0);
    // Multiples of these two numbers spread evenly over the unit square (Roberts 2018), so few sprites begin on
    // another.
    constexpr double x_stride = 0.7548776662466927;
    constexpr double y_stride = 0.5698402909980532;
    double across = random.uniform();
    double down = random.uniform();
    for (Texture& texture : textures) {
        const Direction heading = direction_of(random.uniform());
        const double speed = 0.5 + 0.5 * random.uniform();
        across += across + x_stride < 1 ? x_stride : x_stride - 1;
        down += down + y_stride < 1 ? y_stride : y_stride - 1;
        const double x = across * sensor.width;
        const double y = down * sensor.height;
        sprites_.push_back({std::move(texture), x, y, speed * heading.cosine, speed * heading.sine, {}, {}});
    }
    SpriteScene::move_to(0);
    SpriteScene::move_to(0);
}

SpriteScene::Place SpriteScene::place_of(const Sprite& sprite, double path_px) const {
    const double x = bounce(sprite.start_x + sprite.velocity_x * path_px, sensor_.width - sprite.texture.width() - 1);
    const double y = bounce(sprite.start_y + sprite.velocity_y * path_px, sensor_.height - sprite.texture.height() - 1);
    const double whole_x = std::floor(x);
    const double whole_y = std::floor(y);
    return {static_cast<int>(whole_x), static_cast<int>(whole_y), static_cast<float>(x - whole_x),
            static_cast<float>(y - whole_y)};
}

void SpriteScene::move_to(double path_px) {
    for (Sprite& sprite : sprites_) {
        sprite.before = sprite.now;
        sprite.now = place_of(sprite, path_px);
    }
}

void SpriteScene::changed_spans(std::vector<Span>& spans) const {
    struct Box {
        int x0, x1, y0, y1;  // last column and row inclusive
    };
    std::vector<Box> boxes;
    for (const auto& [texture, start_x, start_y, velocity_x, velocity_y, before, now] : sprites_) {
        boxes.push_back({std::min(before.x, now.x), std::max(before.x, now.x) + texture.width(),
                         std::min(before.y, now.y), std::max(before.y, now.y) + texture.height()});
    }
    std::ranges::sort(boxes, {}, &Box::x0);
    std::vector<Span> row;
    for (int y = 0; y < sensor_.height; ++y) {
        row.clear();
        for (const Box& box : boxes) {
            if (y >= box.y0 && y <= box.y1)
                row.push_back(span_of(sensor_, static_cast<std::uint32_t>(y), box.x0, box.x1));
        }
        append_merged(row.begin(), row.end(), spans);
    }
}

void SpriteScene::draw(const Sprite& sprite, const Span& span, float* log_intensity) {
    const auto& [x, y, part_x, part_y] = sprite.now;
    const int v = span.y - y;
    if (v < 0 || v > sprite.texture.height()) return;
    constexpr int group = lanes;
    const int from = std::max<int>(span.x0, x / group * group);
    const int to = std::min<int>(span.x1, ((x + sprite.texture.width()) / group + 1) * group);
    if (from >= to) return;
    const Weights weights{(1 - part_x) * (1 - part_y), part_x * (1 - part_y), (1 - part_x) * part_y, part_x * part_y};
    add_bilinear(sprite.texture.at(from - x, v), sprite.texture.at(from - x, v - 1), weights,
                 static_cast<std::size_t>(to - from), log_intensity + (from - span.x0));
}

void SpriteScene::render(const Span& span, float* log_intensity) const {
    std::fill_n(log_intensity, span.size(), 0.F);
    for (const Sprite& sprite : sprites_) draw(sprite, span, log_intensity);
}

double SpriteScene::period_px() const { return 4.0 * std::max(sensor_.width, sensor_.height); }

}  // namespace aestream::sim
