#include "sim/rate_control.hpp"

#include <algorithm>
#include <sstream>

#include "aestream_core/errors.hpp"
#include "sim/calibration.hpp"
#include "sim/simulation.hpp"

namespace aestream::sim {

namespace {

constexpr double interval_s = 2e-3;  // between corrections
constexpr double memory = 0.96;      // of the recent past from one interval to the next: 50 ms
constexpr double catch_up_s = 0.1;   // in which missing events are made up for
constexpr double headroom = 1.5;     // over the calibration's largest speed

double motion_rate_of(const SimConfig& config, double noise_hz) {
    if (noise_hz <= config.rate_hz) return config.rate_hz - noise_hz;
    std::ostringstream text;
    text << "rate_hz is " << config.rate_hz << "; leak, shot noise and hot pixels alone make " << noise_hz
         << " events/s on " << config.width << "x" << config.height << ": ask for more events or less noise";
    throw InvalidArgument(text.str());
}

}  // namespace

RateControl::RateControl(const SimConfig& config)
    : rate_hz_(config.rate_hz),
      noise_hz_(noise_rate_hz(sensor_of(config), config.pixel)),
      calibrated_events_per_px_(calibrate_events_per_px(config, motion_rate_of(config, noise_hz_))) {
    const double motion_hz = rate_hz_ - noise_hz_;
    speed_px_s_ = motion_hz / calibrated_events_per_px_;
    recent_events_ = motion_hz * interval_s / (1 - memory);
    recent_path_px_ = recent_events_ / calibrated_events_per_px_;
}

void RateControl::observe(std::uint32_t length_us, std::uint64_t events) {
    interval_s_ += length_us * 1e-6;
    interval_events_ += static_cast<double>(events);
    if (interval_s_ < interval_s) return;
    remember();
    correct();
    interval_s_ = 0;
    interval_events_ = 0;
}

void RateControl::remember() {
    missing_events_ += rate_hz_ * interval_s_ - interval_events_;
    recent_events_ = recent_events_ * memory + interval_events_ - noise_hz_ * interval_s_;
    recent_path_px_ = recent_path_px_ * memory + speed_px_s_ * interval_s_;
}

void RateControl::correct() {
    const double least = 0.25 * calibrated_events_per_px_;
    const double most = 4 * calibrated_events_per_px_;
    const double measured = recent_path_px_ > 0 ? recent_events_ / recent_path_px_ : calibrated_events_per_px_;
    const double wanted_hz = std::clamp(rate_hz_ + missing_events_ / catch_up_s, 0.5 * rate_hz_, 2 * rate_hz_);
    const double motion_hz = std::max(wanted_hz - noise_hz_, 0.0);
    speed_px_s_ = std::min(motion_hz / std::clamp(measured, least, most), headroom * max_speed_px_s);
}

}  // namespace aestream::sim
