#include "sim/calibration.hpp"

#include <algorithm>
#include <sstream>

#include "aestream_core/errors.hpp"
#include "sim/simulation.hpp"

namespace aestream::sim {

namespace {

constexpr int windows = 6;                      // of the scene's period, looked at in turn
constexpr std::size_t enough_events = 100'000;  // to stop before all windows were seen
constexpr int measured_steps = 12;
constexpr double px_per_step = 1.5;  // edges are 2 px wide, and only the fastest point moves so far
constexpr double min_step_us = 10;
constexpr double slow_px_s = px_per_step / max_step_us * 1e6;  // slower motion makes no more events per px

SimConfig without_noise(SimConfig config) {
    config.pixel.leak_rate_hz = 0;
    config.pixel.shot_noise_rate_hz = 0;
    config.pixel.hot_pixel_fraction = 0;
    return config;
}

/// Runs a simulation without noise at chosen speeds, in short windows spread over the scene's period.
class Trial {
public:
    explicit Trial(const SimConfig& config) : simulation_(without_noise(config)) {}

    double events_per_px(double speed_px_s) {
        std::size_t events = 0;
        double path_px = 0;
        for (int window = 0; window < windows && events < enough_events; ++window) {
            const double start_px = simulation_.period_px() * window / windows;
            simulation_.jump_to(start_px);
            const double end_px = run(start_px, speed_px_s);
            events += events_;
            path_px += end_px - start_px;
        }
        return static_cast<double>(events) / path_px;
    }

private:
    /// Count the events of some steps in events_; gives the path where the scene stopped.
    double run(double path_px, double speed_px_s) {
        const std::uint32_t length_us = step_us_at(speed_px_s);
        events_ = 0;
        for (int step = 0; step < measured_steps && events_ < enough_events; ++step, t_us_ += length_us) {
            path_px += speed_px_s * length_us * 1e-6;
            block_.start(t_us_);
            simulation_.step({t_us_, length_us}, path_px, block_);
            events_ += block_.size();
        }
        return path_px;
    }

    Simulation simulation_;
    EventBlock block_;
    std::size_t events_ = 0;
    std::uint64_t t_us_ = 0;
};

[[noreturn]] void refuse(const SimConfig& config, double most_hz) {
    std::ostringstream text;
    text << "rate_hz is " << config.rate_hz << "; scene '" << config.scene << "' on " << config.width << "x"
         << config.height << " with refractory_us " << config.pixel.refractory_us << " makes at most " << most_hz
         << " events/s";
    throw InvalidArgument(text.str());
}

/// No pixel fires more often than once a refractory time, whatever the scene; trials are too short to see that.
void check_refractory(const SimConfig& config) {
    if (config.pixel.refractory_us == 0) return;
    const double pixels = static_cast<double>(config.width) * config.height;
    const double most_hz = pixels * 1e6 / config.pixel.refractory_us;
    if (config.rate_hz > most_hz) refuse(config, most_hz);
}

}  // namespace

std::uint32_t step_us_at(double speed_px_s) {
    if (speed_px_s * max_step_us <= px_per_step * 1e6) return max_step_us;
    return static_cast<std::uint32_t>(std::max(px_per_step / speed_px_s * 1e6, min_step_us));
}

double calibrate_events_per_px(const SimConfig& config, double motion_rate_hz) {
    check_refractory(config);
    Trial trial(config);
    constexpr int rounds = 3;  // the refractory time makes events per px fall with speed
    double speed_px_s = slow_px_s;
    double events_per_px = 0;
    for (int round = 0; round < rounds; ++round) {
        events_per_px = trial.events_per_px(speed_px_s);
        const double wanted_px_s = motion_rate_hz / std::max(events_per_px, 1e-6);
        if (speed_px_s >= max_speed_px_s && wanted_px_s > max_speed_px_s) {
            refuse(config, max_speed_px_s * events_per_px);
        }
        speed_px_s = std::clamp(wanted_px_s, slow_px_s, max_speed_px_s);
    }
    return events_per_px;
}

}  // namespace aestream::sim
