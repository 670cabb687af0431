// Events of a recording counted into frames.
#pragma once

#include <cstdint>
#include <span>

#include "aestream_core/event.hpp"

namespace aestream::snn {

/// Frames of one recording, (frames, 2, height, width), at an address of each: a batch interleaves its recordings.
struct Frames {
    float* first;
    std::size_t stride;  ///< floats from one frame to the next
    std::size_t count;
    std::size_t height, width;
    std::uint32_t shrink;  ///< pixels of the sensor that a side of a cell is
};

/// Count events with start <= t < start + length into frames of equal time; ON events in the second channel.
/// Events outside the cells, and those before and after, do not count. Gives the number that did.
std::size_t count_by_time(std::span<const Event> events, const Frames& frames, std::int64_t start, std::int64_t length);

/// Count events into frames of equal numbers: event i of n goes into frame floor(i count / n).
std::size_t count_by_number(std::span<const Event> events, const Frames& frames);

}  // namespace aestream::snn
