// What a recording is like as a whole: counted packet by packet, in memory that does not grow with it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "aestream_core/packet.hpp"

namespace aestream {

/// Counts of events over time, in bins that double in length as time goes on.
class RateBins {
public:
    static constexpr std::size_t count = 128;

    /// Let the first bin begin at t_us. Events before it count as if they came with it.
    void begin(std::uint64_t t_us);
    /// The counter for an event, and the times [from_us, to_us) for which it is the same.
    struct Bin {
        std::uint64_t* events;
        std::uint64_t from_us;
        std::uint64_t to_us;
    };
    [[nodiscard]] Bin at(std::uint64_t t_us);

    [[nodiscard]] std::uint64_t bin_us() const { return bin_us_; }
    [[nodiscard]] const std::array<std::uint64_t, count>& events() const { return events_; }

private:
    void merge_pairs();

    std::uint64_t start_us_ = 0;
    std::uint64_t bin_us_ = 100;
    std::array<std::uint64_t, count> events_{};
};

/// Time without events.
struct Gap {
    std::uint64_t start_us;  ///< the last event before it
    std::uint64_t length_us;
};

class Survey {
public:
    /// Sensors with more pixels than this are not counted pixel by pixel: a few bytes of header could claim 4 GB.
    static constexpr std::size_t most_pixels = std::size_t{1} << 24U;
    /// The longest gaps that are kept.
    static constexpr std::size_t most_gaps = 4096;

    struct Totals {
        std::uint64_t events = 0;
        std::uint64_t on_events = 0;
        std::uint64_t earliest_us = 0;
        std::uint64_t latest_us = 0;
        std::uint64_t backward_steps = 0;  ///< events with a time before that of the event in front of them
        std::uint64_t longest_step_back_us = 0;
    };

    /// Time without events counts as a gap from least_gap_us on.
    Survey(Sensor sensor, std::uint64_t least_gap_us);

    void add(const Packet& packet);

    [[nodiscard]] const Totals& totals() const { return totals_; }
    [[nodiscard]] const RateBins& rates() const { return rates_; }
    /// Events of each pixel, row by row; nothing where the sensor is too large.
    [[nodiscard]] const std::vector<std::uint32_t>& pixels() const { return pixels_; }
    /// The longest gaps, longest first.
    [[nodiscard]] std::vector<Gap> gaps() const;

private:
    void count_pixels(const Packet& packet);
    void count_times(const Packet& packet);
    void step_back(std::uint64_t from_us, std::uint64_t to_us);
    void add_gap(Gap gap);

    Sensor sensor_;
    std::uint64_t least_gap_us_;
    std::uint64_t previous_us_ = 0;
    Totals totals_;
    RateBins rates_;
    std::vector<std::uint32_t> pixels_;
    std::vector<Gap> gaps_;  // a heap with the shortest on top once there are most_gaps
};

}  // namespace aestream
