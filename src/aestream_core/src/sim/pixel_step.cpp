#include "aestream_core/pixel_step.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "aestream_core/errors.hpp"
#include "sim/pixel_array.hpp"

namespace aestream {

namespace {

/// Copy rows between frames of different row lengths; what only one of them has stays as it is.
template <typename T>
void copy_rows(std::span<const T> from, std::size_t from_stride, std::span<T> to, std::size_t to_stride) {
    const std::size_t columns = std::min(from_stride, to_stride);
    for (std::size_t row = 0; row * from_stride < from.size(); ++row) {
        std::copy_n(&from[row * from_stride], columns, &to[row * to_stride]);
    }
}

void check(const PixelFrames& state, std::span<const float> log_intensity, std::uint32_t length_us) {
    const std::size_t pixels = std::size_t{state.sensor.width} * state.sensor.height;
    for (const std::size_t size : {state.previous.size(), state.reference.size(), state.rearm_us.size(),
                                   state.mismatch.size(), log_intensity.size()}) {
        if (size == pixels && pixels > 0) continue;
        throw InvalidArgument("a frame has " + std::to_string(size) + " pixels; the sensor has " +
                              std::to_string(pixels));
    }
    if (length_us >= 1 && length_us <= sim::EventBlock::max_length_us) return;
    throw InvalidArgument("length_us is " + std::to_string(length_us) + "; it must be 1 to " +
                          std::to_string(sim::EventBlock::max_length_us) + " us");
}

}  // namespace

Packet step_pixels(const PixelConfig& config, const PixelFrames& state, std::span<const float> log_intensity,
                   std::uint64_t t0_us, std::uint32_t length_us) {
    check(state, log_intensity, length_us);
    const Sensor sensor = state.sensor;
    const std::size_t stride = sim::stride_of(sensor);
    sim::Random random(0, 0);
    sim::PixelArray pixels(sensor, config, random);
    std::vector<float> frame(stride * sensor.height);
    copy_rows<float>(state.previous, sensor.width, pixels.previous, stride);
    copy_rows<float>(state.reference, sensor.width, pixels.reference, stride);
    copy_rows<float>(state.mismatch, sensor.width, pixels.mismatch, stride);
    copy_rows<std::int64_t>(state.rearm_us, sensor.width, pixels.rearm_us, stride);
    copy_rows<float>(log_intensity, sensor.width, frame, stride);

    const sim::Step step{t0_us, length_us};
    sim::EventBlock block;
    block.start(t0_us);
    for (std::uint32_t y = 0; y < sensor.height; ++y) {
        pixels.step_span(sim::span_of(sensor, y, 0, sensor.width), &frame[y * stride], step);
    }
    pixels.finish_spans(step, block);

    copy_rows<float>(pixels.previous, stride, state.previous, sensor.width);
    copy_rows<float>(pixels.reference, stride, state.reference, sensor.width);
    copy_rows<std::int64_t>(pixels.rearm_us, stride, state.rearm_us, sensor.width);
    return block.sorted(sensor);
}

}  // namespace aestream
