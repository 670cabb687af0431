// A stage with a thread of its own: what is above it goes on while what is below is busy.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>

#include "aestream_core/stream.hpp"

namespace aestream {

/// What to do with a packet that there is no room for: hold its source back, or drop and count it.
enum class WhenFull { hold, drop };

struct BufferOptions {
    std::size_t packets = 64;  ///< room for that many, or up to the next power of two; 1 or more
    WhenFull when_full = WhenFull::hold;
};

/// Packets handed over and dropped. Written by the stage's thread, read from any.
struct HandOverCounters {
    std::atomic<std::uint64_t> packets = 0;
    std::atomic<std::uint64_t> events = 0;
    std::atomic<std::uint64_t> dropped_packets = 0;
    std::atomic<std::uint64_t> dropped_events = 0;
};

/// Pull from upstream on a thread of its own, from the first packet that is asked for on. A fault of upstream comes
/// behind everything before it. Whoever lets go of the stream stops `stop`, which upstream's waits must heed, and waits
/// for the thread. Throws InvalidArgument where there is room for no packet.
PacketStream buffered(PacketStream upstream, BufferOptions options, std::stop_source stop,
                      std::shared_ptr<HandOverCounters> counters);

}  // namespace aestream
