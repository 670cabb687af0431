// What every codec that writes looks like from outside: packets in, bytes out, state inside one object.
#pragma once

#include <cstdint>

#include "aestream_core/byte_sink.hpp"
#include "aestream_core/format_options.hpp"
#include "aestream_core/packet.hpp"

namespace aestream {

/// What a file is written with.
struct EncodeOptions {
    Sensor sensor;
    FormatOptions values;  ///< names were checked against the format's table
};

/// Writes one file: begin, encode for each packet, finish.
class Encoder {
public:
    Encoder() = default;
    Encoder(const Encoder&) = delete;
    Encoder& operator=(const Encoder&) = delete;
    virtual ~Encoder() = default;

    /// Write the header. first_us is the time of the first event, 0 where there will be none.
    virtual void begin(std::uint64_t first_us, ByteSink& out) = 0;

    /// Write one packet. Throws InvalidArgument where the format cannot hold an event; nothing of the packet is
    /// written then.
    virtual void encode(const Packet& packet, ByteSink& out) = 0;

    /// Complete the file. Without this call it must still be readable as far as it was written.
    virtual void finish(ByteSink& out) = 0;

    /// Sensor time that the file's time 0 stands for, where the format cannot hold absolute times and does not say it.
    [[nodiscard]] virtual std::uint64_t lost_base_us() const { return 0; }
};

}  // namespace aestream
