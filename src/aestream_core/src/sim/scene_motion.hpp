// A scene of shapes whose trajectories are given.
#pragma once

#include <array>
#include <vector>

#include "aestream_core/motion.hpp"
#include "sim/scene.hpp"

namespace aestream::sim {

/// The path of this scene is counted in steps of the motion; before 0 it stands still.
class MotionScene final : public Scene {
public:
    MotionScene(Sensor sensor, const Motion& motion) : sensor_(sensor), motion_(motion) {}

    void move_to(double path_steps) override;
    void changed_spans(std::vector<Span>& spans) const override;
    void render(const Span& span, float* log_intensity) const override;
    [[nodiscard]] double period_px() const override;

private:
    /// Pixels that a shape may touch: columns and rows [first, last].
    struct Box {
        double x0, y0, x1, y1;
    };
    [[nodiscard]] Box box_of(std::size_t shape, std::size_t step) const;
    [[nodiscard]] const MotionPose& pose(std::size_t shape, std::size_t step) const {
        return motion_.poses[step * motion_.shapes.size() + shape];
    }
    void render_shape(std::size_t shape, const Span& span, float* log_intensity) const;

    Sensor sensor_;
    const Motion& motion_;
    std::array<std::size_t, 2> steps_{};  // before and after the last move
};

}  // namespace aestream::sim
