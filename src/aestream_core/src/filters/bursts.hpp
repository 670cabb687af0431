// Bursts: consecutive events of one pixel of the same polarity, each soon after the one before.
#pragma once

#include <cstdint>
#include <vector>

#include "filters/compaction.hpp"
#include "filters/pixel_times.hpp"

namespace aestream::filters {

/// Tells for every event its place in its burst.
class Bursts {
public:
    Bursts(Sensor sensor, std::uint32_t us)
        : us_(us), pixels_(std::size_t{sensor.width} * sensor.height), last_(pixels_, us), places_(pixels_) {}

    [[nodiscard]] std::size_t bytes() const { return last_.bytes() + places_.size(); }

    void forget() { last_.forget(); }

    /// The events for whose place in their burst, 1, 2 or 3 for all behind, the bit of that number is set in `keep`.
    [[nodiscard]] Packet select(const Packet& part, unsigned keep) {
        const std::uint32_t shift = last_.begin(part), us = us_;
        const std::size_t width = part.sensor().width;
        std::uint32_t* const stamps = last_.data();
        std::uint8_t* const places = places_.data();
        return compact(part, [=](Event event) {
            const std::size_t pixel = event.y() * width + event.x;
            const std::uint32_t now = event.t + shift;
            const unsigned before = places[pixel], on = event.yp >> 15U, last = before & 3U;
            const unsigned alike = (before >> 7U) ^ on ^ 1U, soon = stamps[pixel] + us >= now ? 1U : 0U;
            const unsigned place = 1U + (alike & soon) * (last - (last == 3U ? 1U : 0U));
            stamps[pixel] = now;
            places[pixel] = static_cast<std::uint8_t>(on << 7U | place);
            return (keep >> place & 1U) != 0;
        });
    }

private:
    std::uint32_t us_;
    std::size_t pixels_;
    PixelTimes last_;
    std::vector<std::uint8_t> places_;  ///< polarity of the last event in the top bit, its place in the low ones
};

inline constexpr FilterParameter burst_us{.name = "us",
                                          .description = "longest time between two events of a burst",
                                          .unit = "us",
                                          .fallback = 10'000,
                                          .low = 1,
                                          .high = longest_us};

}  // namespace aestream::filters
