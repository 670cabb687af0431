// How much one sender may send.
#pragma once

#include <algorithm>
#include <cstdint>

namespace aestream::net {

/// A rate that is kept on average: what is not used is saved, for up to a tenth of a second.
class Allowance {
public:
    /// Events per second; 0 for no limit.
    explicit Allowance(double rate_hz) : rate_hz_(rate_hz), saved_(rate_hz * longest_s) {}

    /// Whether that many events may come now; then they are spent.
    [[nodiscard]] bool take(std::uint64_t events, std::uint64_t now_us) {
        if (rate_hz_ <= 0) return true;
        const double passed_s = static_cast<double>(now_us - std::min(now_us, last_us_)) * 1e-6;
        saved_ = std::min(saved_ + passed_s * rate_hz_, rate_hz_ * longest_s);
        last_us_ = std::max(now_us, last_us_);
        if (saved_ <= 0) return false;
        saved_ -= static_cast<double>(events);
        return true;
    }

private:
    static constexpr double longest_s = 0.1;
    double rate_hz_;
    double saved_;
    std::uint64_t last_us_ = 0;
};

}  // namespace aestream::net
