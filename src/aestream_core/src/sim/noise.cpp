#include "sim/noise.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace aestream::sim {

namespace {

constexpr std::uint64_t shot_stream = 2;
constexpr std::uint64_t hot_stream = 3;

double pixel_count(Sensor sensor) { return static_cast<double>(sensor.width) * sensor.height; }

std::size_t hot_pixel_count(Sensor sensor, const PixelConfig& config) {
    return static_cast<std::size_t>(config.hot_pixel_fraction * pixel_count(sensor) + 0.5);
}

double gap_us(double rate_hz) { return rate_hz > 0 ? 1e6 / rate_hz : std::numeric_limits<double>::infinity(); }

/// A visit moves a reference by a hundredth of a threshold, within what is cheap and what is prompt.
std::uint64_t sweep_us_for(double leak_rate_hz) {
    return static_cast<std::uint64_t>(std::clamp(0.01 * gap_us(leak_rate_hz), 1000.0, 50000.0));
}

}  // namespace

double noise_rate_hz(Sensor sensor, const PixelConfig& config) {
    const double blind_s = config.refractory_us * 1e-6;
    const double hot_hz = config.hot_pixel_rate_hz / (1 + config.hot_pixel_rate_hz * blind_s);
    return (config.leak_rate_hz + config.shot_noise_rate_hz) * pixel_count(sensor) +
           hot_hz * static_cast<double>(hot_pixel_count(sensor, config));
}

PointNoise::PointNoise(Sensor sensor, const PixelConfig& config, std::uint64_t seed)
    : sensor_(sensor),
      shot_{Random(seed, shot_stream), gap_us(config.shot_noise_rate_hz * pixel_count(sensor))},
      hot_{Random(seed, hot_stream),
           gap_us(config.hot_pixel_rate_hz * static_cast<double>(hot_pixel_count(sensor, config)))} {
    std::vector<bool> taken(std::size_t{sensor.width} * sensor.height);
    while (hot_pixels_.size() < hot_pixel_count(sensor, config)) {
        const Pixel pixel = draw_pixel(hot_.random);
        auto&& is_taken = taken[std::size_t{pixel.y} * sensor.width + pixel.x];
        if (!is_taken) hot_pixels_.push_back(pixel);
        is_taken = true;
    }
    shot_.wait();
    hot_.wait();
}

PointNoise::Pixel PointNoise::draw_pixel(Random& random) const {
    const std::uint32_t at = random.below(std::uint32_t{sensor_.width} * sensor_.height);
    return {static_cast<std::uint16_t>(at % sensor_.width), static_cast<std::uint16_t>(at / sensor_.width)};
}

void PointNoise::step(const Step& step, PixelArray& pixels, EventBlock& block) {
    const auto t0_us = static_cast<double>(step.t0_us);
    while (true) {
        Process& process = shot_.next_us < hot_.next_us ? shot_ : hot_;
        if (!(process.next_us < t0_us + step.length_us)) return;
        const bool is_hot = &process == &hot_;
        const Pixel pixel = is_hot ? hot_pixels_[process.random.below(static_cast<std::uint32_t>(hot_pixels_.size()))]
                                   : draw_pixel(process.random);
        const bool on = is_hot || (process.random.bits() >> 63U) != 0;
        pixels.fire(pixel.x, pixel.y, on, static_cast<std::uint32_t>(process.next_us - t0_us), step, block);
        process.wait();
    }
}

Leak::Leak(Sensor sensor, const PixelConfig& config)
    : height_(sensor.height),
      drop_per_us_(config.leak_rate_hz * config.threshold_on * 1e-6),
      sweep_us_(sweep_us_for(config.leak_rate_hz)),
      visited_us_(sensor.height) {}

void Leak::step(const Step& step, PixelArray& pixels, EventBlock& block) {
    if (drop_per_us_ == 0) return;
    const std::uint64_t end_us = step.t0_us + step.length_us;
    for (const std::uint64_t due = end_us * height_ / sweep_us_; visits_ < due; ++visits_) {
        const auto y = static_cast<std::uint16_t>(visits_ % height_);
        const auto drop = static_cast<float>(drop_per_us_ * static_cast<double>(end_us - visited_us_[y]));
        visited_us_[y] = end_us;
        pixels.leak_row(y, drop, step, block);
    }
}

}  // namespace aestream::sim
