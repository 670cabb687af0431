#include "sim/scene_motion.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "aestream_core/multiversion.hpp"
#include "sim/turns.hpp"

namespace aestream::sim {

namespace {

constexpr float edge_px = 2;  // width over which an edge rises

/// One row of one shape: places in the shape's own axes, in px.
struct Line {
    float u0, v0, u_step, v_step;
    float half_width, half_height;
    float log_intensity;
};

/// Coverage of a pixel whose distance inside the outline is known, 0 to 1.
inline float covered(float inside_px) { return std::min(std::max(inside_px / edge_px + 0.5F, 0.F), 1.F); }

/// Distance inside an ellipse, to first order at its rim.
inline float inside_ellipse(float u, float v, float half_width, float half_height) {
    const float a = u / half_width;
    const float b = v / half_height;
    return (1 - std::sqrt(a * a + b * b)) * std::min(half_width, half_height);
}

inline float inside_box(float u, float v, float half_width, float half_height) {
    return std::min(half_width - std::fabs(u), half_height - std::fabs(v));
}

struct EllipseOutline {
    static float coverage(float u, float v, float w, float h) { return covered(inside_ellipse(u, v, w, h)); }
};
struct BoxOutline {
    static float coverage(float u, float v, float w, float h) { return covered(inside_box(u, v, w, h)); }
};
struct CrossOutline {
    static float coverage(float u, float v, float w, float h) {
        return covered(std::max(inside_box(u, v, w, h / 3), inside_box(u, v, w / 3, h)));
    }
};
struct RingOutline {
    static float coverage(float u, float v, float w, float h) {
        return covered(inside_ellipse(u, v, w, h)) - covered(inside_ellipse(u, v, w / 2, h / 2));
    }
};

template <typename Shape>
inline void add_line(const Line& line, std::size_t count, float* log_intensity) {
    for (std::size_t i = 0; i < count; ++i) {
        const auto x = static_cast<float>(static_cast<int>(i));
        const float u = line.u0 + x * line.u_step;
        const float v = line.v0 + x * line.v_step;
        log_intensity[i] += Shape::coverage(u, v, line.half_width, line.half_height) * line.log_intensity;
    }
}

AESTREAM_MULTIVERSION void add_ellipse(const Line& line, std::size_t count, float* out) {
    add_line<EllipseOutline>(line, count, out);
}
AESTREAM_MULTIVERSION void add_box(const Line& line, std::size_t count, float* out) {
    add_line<BoxOutline>(line, count, out);
}
AESTREAM_MULTIVERSION void add_cross(const Line& line, std::size_t count, float* out) {
    add_line<CrossOutline>(line, count, out);
}
AESTREAM_MULTIVERSION void add_ring(const Line& line, std::size_t count, float* out) {
    add_line<RingOutline>(line, count, out);
}

constexpr std::array outlines{&add_ellipse, &add_box, &add_cross, &add_ring};  // in the order of Outline

}  // namespace

void MotionScene::move_to(double path_steps) {
    steps_[0] = steps_[1];
    steps_[1] = path_steps > 0 ? static_cast<std::size_t>(path_steps + 0.5) : 0;
}

double MotionScene::period_px() const {
    return static_cast<double>(motion_.poses.size()) / static_cast<double>(motion_.shapes.size());
}

MotionScene::Box MotionScene::box_of(std::size_t shape, std::size_t step) const {
    const MotionShape& each = motion_.shapes[shape];
    const MotionPose& at = pose(shape, step);
    const Direction direction = direction_of(at.turns);
    const double cosine = std::fabs(direction.cosine);
    const double sine = std::fabs(direction.sine);
    const double x_reach = (each.half_width_px * cosine + each.half_height_px * sine) * at.scale + edge_px;
    const double y_reach = (each.half_width_px * sine + each.half_height_px * cosine) * at.scale + edge_px;
    return {at.x_px - x_reach, at.y_px - y_reach, at.x_px + x_reach, at.y_px + y_reach};
}

void MotionScene::changed_spans(std::vector<Span>& spans) const {
    std::vector<Box> boxes;
    for (std::size_t shape = 0; shape < motion_.shapes.size(); ++shape) {
        if (std::memcmp(&pose(shape, steps_[0]), &pose(shape, steps_[1]), sizeof(MotionPose)) == 0) continue;
        for (const std::size_t step : steps_) boxes.push_back(box_of(shape, step));
    }
    std::vector<Span> row;
    for (std::uint32_t y = 0; y < sensor_.height; ++y) {
        row.clear();
        for (const Box& box : boxes) {
            if (y < box.y0 || y > box.y1) continue;
            const Span span = span_of(sensor_, y, box.x0, box.x1);
            if (span.size() > 0) row.push_back(span);
        }
        std::ranges::sort(row, {}, &Span::x0);
        append_merged(row.begin(), row.end(), spans);
    }
}

void MotionScene::render(const Span& span, float* log_intensity) const {
    std::fill_n(log_intensity, span.size(), 0.F);
    for (std::size_t shape = 0; shape < motion_.shapes.size(); ++shape) {
        const Box box = box_of(shape, steps_[1]);
        if (span.y >= box.y0 && span.y <= box.y1) render_shape(shape, span, log_intensity);
    }
}

void MotionScene::render_shape(std::size_t shape, const Span& span, float* log_intensity) const {
    const MotionShape& each = motion_.shapes[shape];
    const MotionPose& at = pose(shape, steps_[1]);
    const Direction direction = direction_of(at.turns);
    const double x = span.x0 - static_cast<double>(at.x_px);
    const double y = span.y - static_cast<double>(at.y_px);
    const Line line{static_cast<float>(x * direction.cosine + y * direction.sine),
                    static_cast<float>(y * direction.cosine - x * direction.sine),
                    static_cast<float>(direction.cosine),
                    static_cast<float>(-direction.sine),
                    static_cast<float>(each.half_width_px * at.scale),
                    static_cast<float>(each.half_height_px * at.scale),
                    static_cast<float>(each.contrast * at.gain)};
    outlines[static_cast<std::size_t>(each.outline)](line, span.size(), log_intensity);
}

}  // namespace aestream::sim
