// How fast the scene must move for the requested mean event rate.
#pragma once

#include <cstdint>

#include "aestream_core/simulator.hpp"

namespace aestream::sim {

/// Sets the scene's speed: once before the start by trial runs, then slowly by what was really produced.
/// Depends on the simulation alone, never on the wall clock.
class RateControl {
public:
    /// Throws InvalidArgument where noise alone makes more than rate_hz, or the scene cannot make so many.
    explicit RateControl(const SimConfig& config);

    /// Speed of the scene's fastest point in px/s.
    [[nodiscard]] double speed_px_s() const { return speed_px_s_; }

    /// Take note of a step's events.
    void observe(std::uint32_t length_us, std::uint64_t events);

private:
    void remember();
    void correct();

    double rate_hz_;
    double noise_hz_;
    double calibrated_events_per_px_;
    double speed_px_s_ = 0;
    double recent_events_ = 0;  // by motion; events and path of the last ~50 ms, older ones fading
    double recent_path_px_ = 0;
    double missing_events_ = 0;  // requested minus produced, since the start
    double interval_s_ = 0;      // since the last correction
    double interval_events_ = 0;
};

}  // namespace aestream::sim
