// A bright bar that rotates about the centre of the sensor.
#include <algorithm>
#include <array>
#include <cmath>

#include "aestream_core/multiversion.hpp"
#include "sim/random.hpp"
#include "sim/scenes.hpp"
#include "sim/turns.hpp"

namespace aestream::sim {

namespace {

constexpr double contrast = 1.386;  // ln 4
constexpr double edge_px = 2;       // width over which an edge rises

struct Line {
    float along0, across0;  // coordinates of the first pixel, in px from the bar's centre
    float along_step, across_step;
    float half_length, half_width;  // plus half an edge: coverage reaches 0 there
};

AESTREAM_MULTIVERSION void render_line(const Line& line, std::size_t count, float* log_intensity) {
    constexpr auto slope = static_cast<float>(1 / edge_px);
    for (std::size_t i = 0; i < count; ++i) {
        const auto x = static_cast<float>(static_cast<int>(i));
        const float along = (line.half_length - std::fabs(line.along0 + x * line.along_step)) * slope;
        const float across = (line.half_width - std::fabs(line.across0 + x * line.across_step)) * slope;
        const float inside = std::min(std::max(along, 0.F), 1.F) * std::min(std::max(across, 0.F), 1.F);
        log_intensity[i] = inside * static_cast<float>(contrast);
    }
}

struct Interval {
    double low, high;
};

/// The bar's direction, and what is worth computing once a step rather than once a row.
struct Pose {
    explicit Pose(Direction direction_)
        : direction(direction_), per_cosine(inverse(direction_.cosine)), per_sine(inverse(direction_.sine)) {}

    static double inverse(double slope) { return 1 / (std::fabs(slope) < 1e-9 ? 1e-9 : slope); }

    Direction direction;
    double per_cosine, per_sine;
};

/// Where -limit <= offset + slope * x <= limit.
Interval within(double offset, double inverse_slope, double limit) {
    const double middle = -offset * inverse_slope;
    const double reach = limit * std::fabs(inverse_slope);
    return {middle - reach, middle + reach};
}

class Bar final : public Scene {
public:
    Bar(Sensor sensor, std::uint64_t seed)
        : sensor_(sensor),
          half_length_(0.46 * std::min(sensor.width, sensor.height)),
          half_width_(std::max(1.5, 0.016 * std::min(sensor.width, sensor.height))),
          start_turns_(Random(seed, 0).uniform()) {
        Bar::move_to(0);
        Bar::move_to(0);
    }

    void move_to(double path_px) override {
        poses_[0] = poses_[1];
        poses_[1] = Pose(direction_of(start_turns_ + path_px / (2 * pi * half_length_)));
    }

    void changed_spans(std::vector<Span>& spans) const override {
        const double reach_px = half_length_ + half_width_ + 2 * edge_px;
        const double top = std::max(centre_y(sensor_) - reach_px, 0.0);
        const double bottom = std::min(centre_y(sensor_) + reach_px + 1, static_cast<double>(sensor_.height));
        for (auto y = static_cast<std::uint32_t>(top); y < static_cast<std::uint32_t>(bottom); ++y) {
            const Interval before = covered(poses_[0], y);
            const Interval after = covered(poses_[1], y);
            const bool was = before.low <= before.high;
            const bool is = after.low <= after.high;
            if (!was && !is) continue;
            const double low = !was ? after.low : !is ? before.low : std::min(before.low, after.low);
            const double high = !was ? after.high : !is ? before.high : std::max(before.high, after.high);
            const Span span = span_of(sensor_, y, low, high);
            if (span.size() > 0) spans.push_back(span);
        }
    }

    void render(const Span& span, float* log_intensity) const override {
        const Direction pose = poses_[1].direction;
        const double x = span.x0 - centre_x(sensor_);
        const double y = span.y - centre_y(sensor_);
        const Line line{static_cast<float>(x * pose.cosine + y * pose.sine),
                        static_cast<float>(y * pose.cosine - x * pose.sine),
                        static_cast<float>(pose.cosine),
                        static_cast<float>(-pose.sine),
                        static_cast<float>(half_length_ + edge_px / 2),
                        static_cast<float>(half_width_ + edge_px / 2)};
        render_line(line, span.size(), log_intensity);
    }

    [[nodiscard]] double period_px() const override { return pi * half_length_; }

private:
    /// Columns of a row that the bar touches in a pose.
    [[nodiscard]] Interval covered(const Pose& pose, std::uint32_t y) const {
        const double dy = y - centre_y(sensor_);
        const Interval along = within(dy * pose.direction.sine, pose.per_cosine, half_length_ + edge_px);
        const Interval across = within(dy * pose.direction.cosine, -pose.per_sine, half_width_ + edge_px);
        return {centre_x(sensor_) + std::max(along.low, across.low),
                centre_x(sensor_) + std::min(along.high, across.high)};
    }

    Sensor sensor_;
    double half_length_;
    double half_width_;
    double start_turns_;
    std::array<Pose, 2> poses_{Pose({1, 0}), Pose({1, 0})};
};

}  // namespace

std::unique_ptr<Scene> make_bar(Sensor sensor, std::uint64_t seed) { return std::make_unique<Bar>(sensor, seed); }

}  // namespace aestream::sim
