// Maps sensor time to wall-clock time, so that recordings and the simulator run as a camera would.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <utility>

#include "aestream_core/errors.hpp"
#include "aestream_core/readiness.hpp"

namespace aestream {

/// Waits until a sensor time is due; sensor time since the first call, divided by speed, passes on the steady clock.
class Pacer {
public:
    Pacer(double speed, std::stop_token stop) : speed_(speed), stop_(std::move(stop)), alarm_(stop_) {
        if (!(speed > 0))
            throw InvalidArgument("speed is " + std::to_string(speed) + "; it must be above 0 (1 is real time)");
    }

    /// Block until t_us is due; false where stop was requested meanwhile. A time far before the last one
    /// restarts the clock.
    bool wait_for(std::uint64_t t_us);

private:
    using Clock = Readiness::Clock;
    double speed_;
    std::stop_token stop_;
    Readiness alarm_;
    bool started_ = false;
    std::uint64_t first_us_ = 0;
    std::uint64_t last_us_ = 0;
    Clock::time_point start_;
};

}  // namespace aestream
