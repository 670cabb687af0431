// A sinusoidal grating that drifts across the whole sensor.
#include <algorithm>
#include <vector>

#include "aestream_core/multiversion.hpp"
#include "sim/random.hpp"
#include "sim/scenes.hpp"
#include "sim/turns.hpp"

namespace aestream::sim {

namespace {

constexpr double amplitude = 0.9;       // of log intensity, so contrast is 6 to 1
constexpr double tilt_turns = 1. / 18;  // of the direction of motion against the rows

/// sin(row + column) by the angle-sum identity: two products a pixel instead of a sine.
AESTREAM_MULTIVERSION void render_wave(const float* __restrict cosines, const float* __restrict sines, float row_cosine,
                                       float row_sine, std::size_t count, float* __restrict log_intensity) {
    for (std::size_t i = 0; i < count; ++i) log_intensity[i] = row_sine * cosines[i] + row_cosine * sines[i];
}

class Grating final : public Scene {
public:
    Grating(Sensor sensor, std::uint64_t seed)
        : sensor_(sensor),
          wavelength_px_(std::max(8.0, std::min(sensor.width, sensor.height) / 8.0)),
          start_turns_(Random(seed, 0).uniform()),
          column_cosines_(stride_of(sensor)),
          column_sines_(stride_of(sensor)) {
        const double turns_per_column = direction_of(tilt_turns).cosine / wavelength_px_;
        for (std::uint32_t x = 0; x < stride_of(sensor); ++x) {
            const Direction column = direction_of(x * turns_per_column);
            column_cosines_[x] = static_cast<float>(amplitude * column.cosine);
            column_sines_[x] = static_cast<float>(amplitude * column.sine);
        }
    }

    void move_to(double path_px) override { turns_ = start_turns_ - path_px / wavelength_px_; }

    void changed_spans(std::vector<Span>& spans) const override {
        for (std::uint32_t y = 0; y < sensor_.height; ++y) spans.push_back(span_of(sensor_, y, 0, sensor_.width));
    }

    void render(const Span& span, float* log_intensity) const override {
        const double turns_per_row = direction_of(tilt_turns).sine / wavelength_px_;
        const Direction row = direction_of(turns_ + span.y * turns_per_row);
        render_wave(&column_cosines_[span.x0], &column_sines_[span.x0], static_cast<float>(row.cosine),
                    static_cast<float>(row.sine), span.size(), log_intensity);
    }

    [[nodiscard]] double period_px() const override { return wavelength_px_; }

private:
    Sensor sensor_;
    double wavelength_px_;
    double start_turns_;
    double turns_ = 0;
    std::vector<float> column_cosines_;
    std::vector<float> column_sines_;
};

}  // namespace

std::unique_ptr<Scene> make_grating(Sensor sensor, std::uint64_t seed) {
    return std::make_unique<Grating>(sensor, seed);
}

}  // namespace aestream::sim
