#include "net/arrival_clock.hpp"

#include <algorithm>

namespace aestream::net {

namespace {

// An age above this is a clock that was set between the stamp and the look at it.
constexpr std::int64_t oldest_ns = 10'000'000'000;

std::int64_t unix_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

ArrivalClock::ArrivalClock()
    : opened_(Steady::now()), opened_unix_us_(static_cast<std::uint64_t>(unix_ns() / 1000)), now_(opened_) {}

void ArrivalClock::look() {
    now_ = Steady::now();
    now_unix_ns_ = unix_ns();
}

std::uint64_t ArrivalClock::now_us() const {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now_ - opened_).count());
}

std::uint64_t ArrivalClock::arrival_us(std::int64_t arrived_ns) {
    const std::int64_t age_ns = arrived_ns == 0 ? 0 : now_unix_ns_ - arrived_ns;
    const auto age_us = age_ns < 0 || age_ns > oldest_ns ? 0U : static_cast<std::uint64_t>(age_ns / 1000);
    last_us_ = std::max(last_us_, now_us() - std::min(age_us, now_us()));
    return last_us_;
}

}  // namespace aestream::net
