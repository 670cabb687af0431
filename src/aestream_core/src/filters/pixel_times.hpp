// When each pixel last fired, in 4 bytes a pixel and without ever rolling over.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "aestream_core/filters/filter.hpp"

namespace aestream::filters {

struct Offsets {
    std::uint32_t earliest, latest;
};

/// The smallest and the largest offset of a packet that is not empty.
[[nodiscard]] Offsets offsets_of(const Packet& packet);

/// Stamps: µs since a base that moves forward where the stream has outrun 32 bits. 0 is "never", or so long ago that
/// it is older than any time a filter compares with: every event's own stamp is above `horizon_us`, and adding
/// `horizon_us` to a stamp does not overflow.
class PixelTimes {
public:
    /// `horizon_us`: the longest time that will be compared with, at most `longest_us`.
    PixelTimes(std::size_t cells, std::uint32_t horizon_us) : stamps_(cells), horizon_us_(horizon_us) {}

    /// Make room for the times of a part; gives what to add to its events' offsets to have stamps (modulo 2^32).
    [[nodiscard]] std::uint32_t begin(const Packet& part) {
        const auto [earliest, latest] = offsets_of(part);
        const std::uint64_t earliest_us = part.t0_us() + earliest;
        const std::uint64_t latest_us = part.t0_us() + latest;
        if (!started_ || latest_us - base_us_ > UINT32_MAX - horizon_us_)
            rebase(earliest_us - horizon_us_ - Filter::late_us - 1);
        return static_cast<std::uint32_t>(part.t0_us() - base_us_);
    }

    [[nodiscard]] std::uint32_t* data() { return stamps_.data(); }
    [[nodiscard]] std::size_t bytes() const { return stamps_.size() * sizeof(std::uint32_t); }

    void forget() {
        std::ranges::fill(stamps_, 0U);
        started_ = false;
    }

private:
    void rebase(std::uint64_t base_us) {
        const std::uint64_t ahead_us = started_ ? base_us - base_us_ : 0;
        const auto shift = static_cast<std::uint32_t>(std::min<std::uint64_t>(ahead_us, UINT32_MAX));
        for (std::uint32_t& stamp : stamps_) stamp = stamp > shift ? stamp - shift : 0;
        base_us_ = base_us;
        started_ = true;
    }

    std::vector<std::uint32_t> stamps_;
    std::uint32_t horizon_us_;
    std::uint64_t base_us_ = 0;
    bool started_ = false;
};

/// The longest time that a filter compares with, in µs: about 17 minutes.
inline constexpr std::uint32_t longest_us = 1'000'000'000;

}  // namespace aestream::filters
