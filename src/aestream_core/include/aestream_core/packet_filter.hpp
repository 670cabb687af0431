// What a stream's packets may go through on their way.
#pragma once

#include "aestream_core/packet.hpp"

namespace aestream {

/// Gives what is left of each packet of one stream. Never changes its input.
class PacketFilter {
public:
    PacketFilter() = default;
    virtual ~PacketFilter() = default;
    PacketFilter(const PacketFilter&) = delete;
    PacketFilter& operator=(const PacketFilter&) = delete;

    /// Called in the order of the stream, by one thread at a time.
    [[nodiscard]] virtual Packet apply(const Packet& packet) = 0;
};

}  // namespace aestream
