#include "sim/simulation.hpp"

#include <utility>

namespace aestream::sim {

namespace {
constexpr std::uint64_t mismatch_stream = 1;
constexpr int approach_steps = 8;  // of a pixel each, unseen: the first events are then like all others
constexpr std::uint32_t approach_us = 1000;
constexpr std::size_t crossings_in_cache = 512;  // 20 KB, with the rows that they lie in
}  // namespace

Simulation::Simulation(const SimConfig& config)
    : Simulation(config, make_scene(config.scene, sensor_of(config), config.seed)) {}

Simulation::Simulation(const SimConfig& config, std::unique_ptr<Scene> scene)
    : sensor_(sensor_of(config)),
      mismatch_random_(config.seed, mismatch_stream),
      scene_(std::move(scene)),
      pixels_(sensor_, config.pixel, mismatch_random_),
      leak_(sensor_, config.pixel),
      noise_(sensor_, config.pixel, config.seed),
      row_(stride_of(sensor_)) {
    jump_to(0);
}

void Simulation::jump_to(double path_px) {
    adapt_to(path_px - approach_steps);
    EventBlock unseen;
    for (int left_px = approach_steps - 1; left_px >= 0; --left_px) {
        unseen.start(0);
        move_to(path_px - left_px, {0, approach_us}, unseen);
        pixels_.end_refractory();
    }
}

void Simulation::adapt_to(double path_px) {
    scene_->move_to(path_px);
    scene_->move_to(path_px);
    const std::size_t stride = stride_of(sensor_);
    std::vector<float> frame(stride * sensor_.height);
    for (std::uint32_t y = 0; y < sensor_.height; ++y) {
        scene_->render(span_of(sensor_, y, 0, sensor_.width), &frame[y * stride]);
    }
    pixels_.start(frame, mismatch_random_);
}

void Simulation::move_to(double path_px, const Step& step, EventBlock& block) {
    scene_->move_to(path_px);
    spans_.clear();
    scene_->changed_spans(spans_);
    for (const Span& span : spans_) {
        scene_->render(span, row_.data());
        pixels_.step_span(span, row_.data(), step);
        if (pixels_.crossing_count() >= crossings_in_cache) pixels_.finish_spans(step, block);
    }
    pixels_.finish_spans(step, block);
}

void Simulation::step(const Step& step, double path_px, EventBlock& block) {
    move_to(path_px, step, block);
    leak_.step(step, pixels_, block);
    noise_.step(step, pixels_, block);
}

}  // namespace aestream::sim
