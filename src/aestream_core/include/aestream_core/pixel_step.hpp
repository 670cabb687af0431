// One step of the simulator's pixels over frames that the caller holds: the means to test and measure them alone.
#pragma once

#include <cstdint>
#include <span>

#include "aestream_core/simulator.hpp"

namespace aestream {

/// State of all pixels, row by row without padding; what the fields mean is said in src/sim/pixel_array.hpp.
struct PixelFrames {
    Sensor sensor;
    std::span<float> previous;
    std::span<float> reference;
    std::span<std::int64_t> rearm_us;
    std::span<const float> mismatch;
};

/// Move every pixel on a straight line to its log intensity at the end of [t0_us, t0_us + length_us), without noise.
/// Changes the state in place and gives the events in order of time. Throws InvalidArgument where a frame is not
/// width x height, or the step longer than the simulator's longest.
Packet step_pixels(const PixelConfig& config, const PixelFrames& state, std::span<const float> log_intensity,
                   std::uint64_t t0_us, std::uint32_t length_us);

}  // namespace aestream
