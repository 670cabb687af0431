// What packets are written into: the other end of a stream.
#pragma once

#include "aestream_core/packet.hpp"

namespace aestream {

/// Takes the packets of one stream, one at a time.
class Sink {
public:
    Sink() = default;
    virtual ~Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;

    /// Take a packet, which may be empty. A sink that is slow holds the stream back by not returning.
    virtual void write(const Packet& packet) = 0;

    /// Hand out what waits and complete what was begun. A second call does nothing.
    virtual void close() = 0;
};

}  // namespace aestream
