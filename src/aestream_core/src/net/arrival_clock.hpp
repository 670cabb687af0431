// When datagrams came: µs since the receiver was opened, by a clock that nobody sets.
#pragma once

#include <chrono>
#include <cstdint>

namespace aestream::net {

/// Turns the kernel's stamps, which are of the host's clock of the day, into steady time: how old a datagram is tells
/// when it came, whatever the clock was set to meanwhile. Times never step back.
class ArrivalClock {
public:
    using Steady = std::chrono::steady_clock;

    ArrivalClock();

    /// Read the clocks. Once for each batch of datagrams.
    void look();

    /// µs since the opening at which a datagram with that stamp came; now where it has none (0).
    [[nodiscard]] std::uint64_t arrival_us(std::int64_t arrived_ns);

    /// µs since the opening at the last look().
    [[nodiscard]] std::uint64_t now_us() const;
    [[nodiscard]] Steady::time_point time_point(std::uint64_t since_opening_us) const {
        return opened_ + std::chrono::microseconds(since_opening_us);
    }
    [[nodiscard]] std::uint64_t opened_unix_us() const { return opened_unix_us_; }

private:
    Steady::time_point opened_;
    std::uint64_t opened_unix_us_;
    Steady::time_point now_;
    std::int64_t now_unix_ns_ = 0;
    std::uint64_t last_us_ = 0;
};

}  // namespace aestream::net
