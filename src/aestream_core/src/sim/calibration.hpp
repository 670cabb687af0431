// How many events a scene makes for each pixel that its fastest point moves.
#pragma once

#include "aestream_core/simulator.hpp"

namespace aestream::sim {

/// The largest speed that the calibration allows; the control may go half again as fast for a while.
inline constexpr double max_speed_px_s = 1e5;

/// The longest step.
inline constexpr std::uint32_t max_step_us = 4000;

/// Mean events per px of path without noise, at the speed at which that many events per second come about.
/// Throws InvalidArgument where the scene cannot move fast enough.
[[nodiscard]] double calibrate_events_per_px(const SimConfig& config, double motion_rate_hz);

/// Length of a step at a speed: the fastest point moves about a pixel and a half in it; 10 to 4000 µs.
[[nodiscard]] std::uint32_t step_us_at(double speed_px_s);

}  // namespace aestream::sim
