// The pixels of a DVS: each remembers the log intensity of its last event and reports when it has changed enough.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "aestream_core/simulator.hpp"
#include "sim/event_block.hpp"
#include "sim/random.hpp"
#include "sim/scene.hpp"

namespace aestream::sim {

/// A piece of sensor time, [t0_us, t0_us + length_us), over which every pixel's log intensity moves on a straight line.
struct Step {
    std::uint64_t t0_us;
    std::uint32_t length_us;
};

/// State of all pixels.
///
/// A pixel fires ON where log intensity rises to its reference + threshold_on, OFF where it falls to reference -
/// threshold_off, at the µs of the crossing. It is then blind for refractory_us and takes the log intensity at the end
/// of that time as its new reference; without a refractory time the level that was crossed becomes the reference.
///
/// Passes of one step come in this order: step_span() over the changed spans, finish_spans(), leak_row(), fire(). A
/// later pass sees what an earlier one fired, and no pixel ever fires within its refractory time.
class PixelArray {
public:
    /// Draws the mismatch; the pixels have no reference before start().
    PixelArray(Sensor sensor, const PixelConfig& config, Random& random);

    /// Adapt all pixels to a frame of stride_of(sensor) x height log intensities. Each begins at a random point on its
    /// way to the next ON event, or all would fire, and leak, in step.
    void start(std::span<const float> log_intensity, Random& random);

    /// Let every pixel forget that it is refractory.
    void end_refractory() { std::ranges::fill(rearm_us, 0); }

    /// Move a span's pixels to their log intensities at the end of the step; their events come with finish_spans().
    void step_span(const Span& span, const float* log_intensity, const Step& step);

    /// Pixels that wait for finish_spans().
    [[nodiscard]] std::size_t crossing_count() const { return crossing_count_; }

    /// Add the events of all spans since the last call.
    void finish_spans(const Step& step, EventBlock& block);

    /// Let the references of a row sink by `drop`; events of that come within the step.
    void leak_row(std::uint16_t y, float drop, const Step& step, EventBlock& block);

    /// Let a pixel fire for a reason of its own, offset_us into the step; nothing happens in its refractory time.
    void fire(std::uint16_t x, std::uint16_t y, bool on, std::uint32_t offset_us, const Step& step, EventBlock& block);

    // State, (height, stride) each; public to the binding that tests step by step.
    std::vector<float> previous;         ///< log intensity at the end of the last step
    std::vector<float> reference;        ///< log intensity that changes count from; NaN in the refractory time
    std::vector<float> mismatch;         ///< factor on both thresholds; infinite in the padding, which never fires
    std::vector<std::int64_t> rearm_us;  ///< when the last refractory time ended or ends

private:
    /// A pixel over one step, in which its log intensity moves on a straight line and crosses a threshold.
    struct Crossing {
        std::uint32_t at;
        std::uint16_t x, y;
        float before, after;  // log intensity
        float us_per_level;   // 0 where the intensity stands still
        float level_per_us;
        float thresholds[2];  // -OFF, ON
        float level;          // reference
        float from_us;        // since the step's start: nothing fires before

        [[nodiscard]] float log_intensity_at(float offset_us) const { return before + level_per_us * offset_us; }
        [[nodiscard]] bool active() const {
            const float change = after - level;
            return (change >= thresholds[1]) | (change <= thresholds[0]);
        }
        /// Move level and from_us on to the next crossing; gives its polarity. A threshold that the intensity moves
        /// away from was crossed before, and fires at once.
        bool next_event() {
            const bool on = after > level;
            level += thresholds[on ? 1 : 0];
            const float crossing_us = (level - before) * us_per_level;
            if ((level_per_us > 0) == on) from_us = std::max(from_us, crossing_us);
            return on;
        }
    };

    void begin_crossing(std::size_t at, std::uint16_t x, std::uint16_t y, float before, float after, const Step& step);
    [[nodiscard]] bool wake(Crossing& crossing, const Step& step);
    void fire_round(const Step& step, EventBlock& block);
    void leak_pixel(std::size_t at, std::uint16_t x, std::uint16_t y, float drop, const Step& step, EventBlock& block);
    [[nodiscard]] std::size_t index(std::uint16_t x, std::uint16_t y) const { return std::size_t{y} * stride_ + x; }

    std::uint32_t stride_;
    float threshold_on_;
    float threshold_off_;
    std::uint32_t refractory_us_;
    std::vector<std::uint8_t> fired_;    // scratch, one row
    std::vector<float> before_;          // scratch, one row
    std::vector<Crossing> crossings_;    // of the spans since finish_spans()
    std::vector<std::uint32_t> active_;  // indices of those that still have events to fire
    std::size_t crossing_count_ = 0;
};

}  // namespace aestream::sim
