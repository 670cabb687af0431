// What pixels report without a cause in the scene: photon shot noise, hot pixels, and junction leak.
#pragma once

#include <cstdint>
#include <vector>

#include "aestream_core/simulator.hpp"
#include "sim/pixel_array.hpp"

namespace aestream::sim {

/// Events per second that noise makes on the whole sensor.
[[nodiscard]] double noise_rate_hz(Sensor sensor, const PixelConfig& config);

/// Poisson processes over the whole sensor: shot noise at any pixel and of either polarity, ON events at hot pixels.
/// Their times depend on the seed only, not on how time is cut into steps.
class PointNoise {
public:
    PointNoise(Sensor sensor, const PixelConfig& config, std::uint64_t seed);

    /// Fire every noise event of the step, in order of time. Steps must follow each other without a gap.
    void step(const Step& step, PixelArray& pixels, EventBlock& block);

private:
    struct Process {
        Random random;
        double gap_us;  // mean time between events; infinite where there are none
        double next_us = 0;
        void wait() { next_us += gap_us * random.exponential(); }
    };
    struct Pixel {
        std::uint16_t x, y;
    };
    [[nodiscard]] Pixel draw_pixel(Random& random) const;

    Sensor sensor_;
    Process shot_;
    Process hot_;
    std::vector<Pixel> hot_pixels_;
};

/// Sinks the references of a few rows a step, so that every row is visited once in sweep_us.
class Leak {
public:
    Leak(Sensor sensor, const PixelConfig& config);
    void step(const Step& step, PixelArray& pixels, EventBlock& block);

private:
    std::uint16_t height_;
    double drop_per_us_;
    std::uint64_t sweep_us_;
    std::uint64_t visits_ = 0;  // of rows, since the start
    std::vector<std::uint64_t> visited_us_;
};

}  // namespace aestream::sim
