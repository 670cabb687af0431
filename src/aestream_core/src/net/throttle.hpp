// An even rate of events.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <stop_token>
#include <utility>

#include "aestream_core/readiness.hpp"

namespace aestream::net {

/// Waits so that events leave at a rate. What was slept too long is made up for, up to 10 ms.
class Throttle {
public:
    Throttle(double rate_hz, std::stop_token stop) : rate_hz_(rate_hz), stop_(std::move(stop)) {}

    /// Events that may leave at once: those of 200 µs.
    [[nodiscard]] std::size_t most_at_once() const { return static_cast<std::size_t>(std::min(rate_hz_ * 2e-4, 1e9)); }

    /// Wait until that many may leave; false where stop was requested meanwhile.
    bool wait_for(std::size_t events) {
        const auto now = Clock::now();
        due_ = std::max(due_, now - slack);
        const bool go = due_ <= now || sleep_until(due_, stop_);
        due_ += std::chrono::duration_cast<Clock::duration>(
            std::chrono::duration<double>(static_cast<double>(events) / rate_hz_));
        return go;
    }

private:
    using Clock = Readiness::Clock;
    static constexpr std::chrono::milliseconds slack{10};
    double rate_hz_;
    std::stop_token stop_;
    Clock::time_point due_;
};

}  // namespace aestream::net
