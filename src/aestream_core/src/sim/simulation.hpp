// One sensor in front of one scene, step by step.
#pragma once

#include <memory>
#include <vector>

#include "aestream_core/simulator.hpp"
#include "sim/noise.hpp"
#include "sim/pixel_array.hpp"
#include "sim/scene.hpp"

namespace aestream::sim {

[[nodiscard]] inline Sensor sensor_of(const SimConfig& config) {
    return {static_cast<std::uint16_t>(config.width), static_cast<std::uint16_t>(config.height)};
}

/// Scene, pixels and noise of a valid configuration. How fast the scene moves is the caller's choice.
class Simulation {
public:
    /// Begins at path 0.
    explicit Simulation(const SimConfig& config);

    /// Begins at path 0 of another scene than the configuration's.
    Simulation(const SimConfig& config, std::unique_ptr<Scene> scene);

    /// Put the scene at a path length, with pixels that have seen it coming for a few pixels of path.
    void jump_to(double path_px);

    [[nodiscard]] double period_px() const { return scene_->period_px(); }

    /// Add the events of one step, during which the scene moves on to path_px.
    void step(const Step& step, double path_px, EventBlock& block);

private:
    void adapt_to(double path_px);
    void move_to(double path_px, const Step& step, EventBlock& block);

    Sensor sensor_;
    Random mismatch_random_;
    std::unique_ptr<Scene> scene_;
    PixelArray pixels_;
    Leak leak_;
    PointNoise noise_;
    std::vector<Span> spans_;
    std::vector<float> row_;
};

}  // namespace aestream::sim
