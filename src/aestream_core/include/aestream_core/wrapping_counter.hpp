// A counter of few bits in a stream, unwrapped to 64.
#pragma once

#include <cstdint>

namespace aestream {

/// The clock of a stream whose words hold only its low bits.
///
/// It has wrapped when it falls by more than half its range; a fall by less is time stepping back. So is a rise by all
/// but 1/4096 of the range after a wrap: a late event just before it. Evt3Clock follows the same rules.
template <unsigned bits>
class WrappingCounter {
public:
    static constexpr std::uint64_t range = std::uint64_t{1} << bits;
    static constexpr std::uint64_t late = range >> 12U;

    [[nodiscard]] bool running() const { return running_; }
    [[nodiscard]] std::uint64_t value() const { return value_; }

    /// Say in which turn the first value lies, by any value of that turn.
    void start_in_turn_of(std::uint64_t value) {
        value_ = value & ~(range - 1);
        running_ = false;
    }

    /// Take the next low bits; true where the value moved.
    bool take(std::uint64_t low_bits) {
        const std::uint64_t after = turn_of(low_bits) + low_bits;
        const bool moved = !running_ || after != value_;
        value_ = after;
        running_ = true;
        return moved;
    }

    /// Whether taking the low bits of that value leads to it.
    [[nodiscard]] bool reaches(std::uint64_t value) const {
        const std::uint64_t low_bits = value & (range - 1);
        return turn_of(low_bits) + low_bits == value;
    }

private:
    [[nodiscard]] std::uint64_t turn_of(std::uint64_t low_bits) const {
        const std::uint64_t turn = value_ & ~(range - 1);
        const std::uint64_t last = value_ & (range - 1);
        if (!running_) return turn;
        if (last > low_bits && last - low_bits > range / 2) return turn + range;
        if (low_bits > last && low_bits - last >= range - late && turn > 0) return turn - range;
        return turn;
    }

    std::uint64_t value_ = 0;
    bool running_ = false;
};

}  // namespace aestream
