// A disc of bright and dark sectors that spins about the centre of the sensor.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "aestream_core/multiversion.hpp"
#include "sim/random.hpp"
#include "sim/scenes.hpp"
#include "sim/turns.hpp"

namespace aestream::sim {

namespace {

constexpr double half_contrast = 0.693;  // ln 2: bright to dark is 4 to 1
constexpr double edge_px = 2;            // width over which an edge between sectors rises
constexpr std::size_t sectors = 6;       // bright ones, and as many dark

/// A turned pattern is a mixture of two still ones: sin(n (a - turn)) = cos(n turn) sin(n a) - sin(n turn) cos(n a).
AESTREAM_MULTIVERSION void render_sectors(const float* __restrict cosines, const float* __restrict sines,
                                          const float* __restrict rim, float turn_cosine, float turn_sine,
                                          std::size_t count, float* __restrict log_intensity) {
    for (std::size_t i = 0; i < count; ++i) {
        const float wave = turn_cosine * sines[i] - turn_sine * cosines[i];
        log_intensity[i] = rim[i] * std::min(std::max(wave, -1.F), 1.F);
    }
}

class Disc final : public Scene {
public:
    Disc(Sensor sensor, std::uint64_t seed)
        : sensor_(sensor),
          radius_px_(0.45 * std::min(sensor.width, sensor.height)),
          start_turns_(Random(seed, 0).uniform()),
          cosines_(std::size_t{stride_of(sensor)} * sensor.height),
          sines_(cosines_.size()),
          rim_(cosines_.size()) {
        for (std::uint32_t y = 0; y < sensor.height; ++y) {
            for (std::uint32_t x = 0; x < stride_of(sensor); ++x) draw_pixel(x, y);
        }
    }

    void move_to(double path_px) override {
        const double turns = start_turns_ + path_px / (2 * pi * radius_px_);
        turn_ = direction_of(sectors * turns);
        rays_before_ = rays_;
        for (std::size_t ray = 0; ray < sectors; ++ray) {
            rays_[ray] = direction_of(turns + 0.5 * static_cast<double>(ray) / sectors);
        }
    }

    void changed_spans(std::vector<Span>& spans) const override {
        for (std::uint32_t y = 0; y < sensor_.height; ++y) {
            const double dy = y - centre_y(sensor_);
            const double square = (radius_px_ + 1) * (radius_px_ + 1) - dy * dy;
            if (square > 0) row_spans(y, dy, std::sqrt(square), spans);
        }
    }

    void render(const Span& span, float* log_intensity) const override {
        const std::size_t at = std::size_t{span.y} * stride_of(sensor_) + span.x0;
        render_sectors(&cosines_[at], &sines_[at], &rim_[at], static_cast<float>(turn_.cosine),
                       static_cast<float>(turn_.sine), span.size(), log_intensity);
    }

    [[nodiscard]] double period_px() const override { return 2 * pi * radius_px_ / sectors; }

private:
    /// Store n times the pixel's angle as a direction, steep enough that an edge is edge_px wide, and the disc's rim.
    void draw_pixel(std::uint32_t x, std::uint32_t y) {
        const double dx = x - centre_x(sensor_);
        const double dy = y - centre_y(sensor_);
        const double distance_px = std::max(std::sqrt(dx * dx + dy * dy), 0.5);
        if (distance_px > radius_px_ + 1) return;
        const Direction unit{dx / distance_px, dy / distance_px};
        Direction power{1, 0};
        for (std::size_t i = 0; i < sectors; ++i) {
            power = {power.cosine * unit.cosine - power.sine * unit.sine,
                     power.cosine * unit.sine + power.sine * unit.cosine};
        }
        const double steepness = 2 * distance_px / (sectors * edge_px);
        const std::size_t at = std::size_t{y} * stride_of(sensor_) + x;
        cosines_[at] = static_cast<float>(steepness * power.cosine);
        sines_[at] = static_cast<float>(steepness * power.sine);
        rim_[at] = static_cast<float>(half_contrast * std::clamp(radius_px_ - distance_px + 0.5, 0.0, 1.0));
    }

    /// Spans of one row about the lines between sectors, and about the hub, where all is in motion.
    void row_spans(std::uint32_t y, double dy, double chord_px, std::vector<Span>& spans) const {
        std::array<Span, 2 * sectors + 1> pieces;
        auto end = pieces.begin();
        const auto add = [&](double low, double high) {
            const double x = centre_x(sensor_);
            *end = span_of(sensor_, y, x + std::max(low, -chord_px), x + std::min(high, chord_px));
            if (end->size() > 0) ++end;
        };
        if (std::fabs(dy) <= hub_px) add(-hub_px, hub_px);
        for (const auto* rays : {&rays_before_, &rays_}) {
            for (const Direction ray : *rays) {
                const double per_sine = 1 / (std::fabs(ray.sine) < 1e-9 ? 1e-9 : ray.sine);
                const double middle = dy * ray.cosine * per_sine;
                const double reach = 1.5 * edge_px * std::fabs(per_sine);
                add(middle - reach, middle + reach);
            }
        }
        std::sort(pieces.begin(), end, [](const Span& a, const Span& b) { return a.x0 < b.x0; });
        append_merged(pieces.begin(), end, spans);
    }

    static constexpr double hub_px = 16;

    Sensor sensor_;
    double radius_px_;
    double start_turns_;
    Direction turn_{1, 0};
    std::array<Direction, sectors> rays_{};  // the lines between sectors, half of each line's two ends
    std::array<Direction, sectors> rays_before_{};
    std::vector<float> cosines_;
    std::vector<float> sines_;
    std::vector<float> rim_;
};

}  // namespace

std::unique_ptr<Scene> make_disc(Sensor sensor, std::uint64_t seed) { return std::make_unique<Disc>(sensor, seed); }

}  // namespace aestream::sim
