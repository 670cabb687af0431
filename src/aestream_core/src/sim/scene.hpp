// Scenes: log intensity as a pure function of the pixel and of how far the scene has moved.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "aestream_core/event.hpp"

namespace aestream::sim {

/// Columns [x0, x1) of one row. Both ends are multiples of `lanes`; x1 may lie beyond the sensor, in the padding.
struct Span {
    std::uint16_t y;
    std::uint16_t x0;
    std::uint16_t x1;
    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(x1 - x0); }
};

/// Rows are stored and worked on in whole groups of that many pixels: one AVX-512 register, two of AVX2.
inline constexpr std::uint32_t lanes = 16;

/// Pixels from one stored row to the next.
[[nodiscard]] constexpr std::uint32_t stride_of(Sensor sensor) { return (sensor.width + lanes - 1U) / lanes * lanes; }

[[nodiscard]] constexpr double centre_x(Sensor sensor) { return 0.5 * (sensor.width - 1); }
[[nodiscard]] constexpr double centre_y(Sensor sensor) { return 0.5 * (sensor.height - 1); }

/// The span of the pixels x with first <= x <= last, cut to the sensor; empty (x0 == x1) where none is on it.
[[nodiscard]] inline Span span_of(Sensor sensor, std::uint32_t y, double first, double last) {
    const double low = std::max(first, 0.0);
    const double high = std::min(last, static_cast<double>(sensor.width - 1));
    if (!(low <= high)) return {static_cast<std::uint16_t>(y), 0, 0};
    const auto x0 = static_cast<std::uint32_t>(static_cast<std::int32_t>(low)) / lanes * lanes;
    const auto x1 = (static_cast<std::uint32_t>(static_cast<std::int32_t>(high)) / lanes + 1) * lanes;
    return {static_cast<std::uint16_t>(y), static_cast<std::uint16_t>(x0), static_cast<std::uint16_t>(x1)};
}

/// Append spans of one row that ascend by x0, those that touch as one.
template <typename Iterator>
void append_merged(Iterator first, Iterator last, std::vector<Span>& spans) {
    const std::size_t row_begin = spans.size();
    for (; first != last; ++first) {
        if (spans.size() > row_begin && first->x0 <= spans.back().x1) {
            spans.back().x1 = std::max(spans.back().x1, first->x1);
        } else {
            spans.push_back(*first);
        }
    }
}

/// One procedural scene on one sensor.
class Scene {
public:
    Scene() = default;
    virtual ~Scene() = default;
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;

    /// Move to where the scene is once its fastest point has travelled path_px pixels.
    virtual void move_to(double path_px) = 0;

    /// Append the spans that cover every pixel whose intensity the last two move_to() calls may have changed;
    /// spans of one row do not overlap.
    virtual void changed_spans(std::vector<Span>& spans) const = 0;

    /// Write the log intensity of a span, at the pose of the last move_to(), to span.size() floats.
    virtual void render(const Span& span, float* log_intensity) const = 0;

    /// A path length after which the scene has shown all it has.
    [[nodiscard]] virtual double period_px() const = 0;
};

/// Make a scene by name; throws InvalidArgument for a name that is not in the table.
std::unique_ptr<Scene> make_scene(std::string_view name, Sensor sensor, std::uint64_t seed);

}  // namespace aestream::sim
