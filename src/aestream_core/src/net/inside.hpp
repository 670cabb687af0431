// The loop that decoders of datagrams share: events into a writer, without those outside the sensor.
#pragma once

#include <cstddef>
#include <cstdint>

#include "aestream_core/packet_writer.hpp"

namespace aestream::net {

/// Append `count` events, the i-th as `make(i)` gives it; those outside the writer's sensor are left out. The offsets
/// come from the writer's at(). Gives how many were left out.
template <typename Make>
[[gnu::always_inline]] inline std::size_t append_inside(PacketWriter& writer, std::size_t count, Make make) {
    writer.reserve(count);
    Event* const __restrict out = writer.cursor();
    const std::uint32_t width = writer.sensor().width;
    const std::uint32_t height = writer.sensor().height;
    std::uint32_t any_outside = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const Event event = make(i);
        out[i] = event;
        any_outside |= static_cast<std::uint32_t>(event.x >= width) | static_cast<std::uint32_t>(event.y() >= height);
    }
    std::size_t kept = any_outside == 0 ? count : 0;
    for (std::size_t i = kept; i < count; ++i) {
        const Event event = out[i];
        out[kept] = event;
        kept += event.x < width && event.y() < height ? 1U : 0U;
    }
    writer.advance_to(out + kept);
    return count - kept;
}

}  // namespace aestream::net
