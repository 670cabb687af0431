// Cuts packets into messages: encodings differ in how far apart the times of one message may lie.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "aestream_core/packet.hpp"

namespace aestream {

/// What times one message of an encoding holds.
struct TimeLimits {
    std::uint64_t span_us = UINT64_MAX;       ///< every time lies less than that after the earliest
    std::uint64_t step_back_us = UINT64_MAX;  ///< largest step back from an event to the next
};

/// Consecutive events of a packet.
struct Run {
    Packet packet;
    std::uint64_t earliest_us;
};

/// The fewest runs, in order, that keep within the limits.
[[nodiscard]] inline std::vector<Run> cut_runs(const Packet& packet, const TimeLimits& limits) {
    if (packet.empty()) return {};
    if (packet.is_time_ordered() && packet.last_us() - packet.first_us() < limits.span_us) {
        return {{packet, packet.first_us()}};
    }
    std::vector<Run> runs;
    const auto events = packet.events();
    std::size_t from = 0;
    std::uint64_t earliest = events[0].t;
    std::uint64_t latest = earliest;
    const auto close = [&](std::size_t to) {
        runs.push_back({packet.view(from, to), packet.t0_us() + earliest});
        from = to;
    };
    for (std::size_t i = 1; i < events.size(); ++i) {
        const std::uint64_t t = events[i].t;
        const std::uint64_t before = events[i - 1].t;
        const std::uint64_t span = std::max(latest, t) - std::min(earliest, t);
        if (span >= limits.span_us || (t < before && before - t > limits.step_back_us)) {
            close(i);
            earliest = latest = t;
        }
        earliest = std::min(earliest, t);
        latest = std::max(latest, t);
    }
    close(events.size());
    return runs;
}

}  // namespace aestream
