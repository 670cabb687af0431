#include "aestream_core/evt3.hpp"

namespace aestream {

namespace {

constexpr std::uint32_t half_range = 2048;
constexpr std::uint32_t top_value = 4095;

std::uint64_t nearest_epoch_us(std::uint64_t in_epoch_us, std::uint64_t near_us) {
    constexpr std::uint64_t wrap_us = Evt3Clock::wrap_us;
    if (near_us < in_epoch_us) return 0;
    return (near_us - in_epoch_us + wrap_us / 2) / wrap_us * wrap_us;
}

}  // namespace

bool Evt3Clock::move_high(std::uint32_t value) {
    const std::uint32_t before = high_value();
    std::uint64_t epoch_us = high_us_ / wrap_us * wrap_us;
    const std::uint64_t in_epoch_us = std::uint64_t{value} << 12U;
    if (seed_us_) {
        epoch_us = nearest_epoch_us(in_epoch_us, *seed_us_);
    } else if (value < before && before - value > half_range) {
        epoch_us += wrap_us;
    } else if (before == 0 && value == top_value && epoch_us > 0) {
        epoch_us -= wrap_us;
    }
    const bool moved = !running_ || epoch_us + in_epoch_us != high_us_;
    high_us_ = epoch_us + in_epoch_us;
    if (moved) low_us_ = 0;
    seed_us_.reset();
    running_ = true;
    return moved;
}

}  // namespace aestream
