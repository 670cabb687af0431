// Streams: chains of coroutines that pull packets from a source through stages to a sink.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "aestream_core/generator.hpp"
#include "aestream_core/packet.hpp"
#include "aestream_core/packet_filter.hpp"

namespace aestream {

using PacketStream = Generator<Packet>;

/// How to cut a stream into packets. Both limits may be given: whichever is reached first ends the packet.
struct Slicing {
    std::optional<std::uint64_t> packet_us;      ///< windows [k*packet_us, (k+1)*packet_us) of sensor time; >= 1
    std::optional<std::uint64_t> packet_events;  ///< events in a packet; >= 1
    [[nodiscard]] bool active() const { return packet_us || packet_events; }
};

/// Cut into packets by time and count; views of the incoming buffers wherever a packet lies inside one of them.
/// A window without events yields no packet. An event that comes late (its window was already handed out) goes into the
/// packet under construction.
PacketStream slice(PacketStream upstream, Slicing slicing);

/// Events with start_us <= time < stop_us. Ends soon after stop_us, so that the rest of a recording is not read.
PacketStream between(PacketStream upstream, std::uint64_t start_us, std::uint64_t stop_us);

/// Hold each packet back until its last event is due: sensor time since the first event, divided by speed.
/// speed 1 is real time. A jump of sensor time backwards restarts the clock. Ends early when stop is requested.
PacketStream pace(PacketStream upstream, double speed, std::stop_token stop);

/// What the filters leave of each packet, one stage a filter; packets that nothing is left of stay, empty.
PacketStream filtered(PacketStream upstream, std::vector<std::shared_ptr<PacketFilter>> filters);

/// Several streams of one sensor as one, event by event in the order of time, each stream's own order kept. It gives
/// out what no stream can come before any more, so a stream that is silent holds the others back. Throws
/// InvalidArgument where sensors differ; a fault is thrown behind everything before it.
PacketStream merged(std::vector<PacketStream> upstreams);

/// End the stream between packets once stop is requested.
PacketStream until_stopped(PacketStream upstream, std::stop_token stop);

/// All that is left of a stream as one packet, or as few as offsets of 32 bits allow.
[[nodiscard]] std::vector<Packet> join(PacketStream upstream);

/// Number packets from 0 in Packet::seq.
PacketStream number(PacketStream upstream);

}  // namespace aestream
