// Undecoded camera bytes with the sensor time they belong to: what passes through nodes that need no events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>

#include "aestream_core/buffer_pool.hpp"
#include "aestream_core/event.hpp"
#include "aestream_core/generator.hpp"

namespace aestream {

/// Consecutive bytes of an encoded stream, in a reference-counted buffer.
struct RawPacket {
    std::string encoding;  ///< name of the codec, as event_camera_msgs has it ("evt3")
    BufferRef buffer;      ///< holds the bytes from its start
    std::size_t size_bytes = 0;
    std::uint64_t base_us =
        0;  ///< unwrapped sensor time of the first time word; the last known time where none is left
    std::uint64_t last_us = 0;  ///< latest sensor time seen up to the end of these bytes
    Sensor sensor;
    std::uint64_t seq = 0;  ///< position in its stream, counted from 0

    [[nodiscard]] std::span<const std::byte> bytes() const {
        return buffer ? std::span<const std::byte>(buffer->data(), size_bytes) : std::span<const std::byte>();
    }
};

using RawStream = Generator<RawPacket>;

/// Bytes as a device or file hands them over, cut anywhere; each span is valid until the next one is asked for.
using ByteStream = Generator<std::span<const std::byte>>;

/// How to cut an undecoded stream into packets.
struct FrameOptions {
    Sensor sensor;
    std::uint64_t t0_us = 0;          ///< in the turn of the format's clock that the stream begins in
    std::uint64_t packet_us = 1000;   ///< sensor time that a piece spans, about
    std::size_t max_bytes = 200'000;  ///< largest piece
};

/// Hold each packet back until its last_us is due: sensor time since the first base_us, divided by speed.
/// A jump of sensor time backwards restarts the clock. Ends early when stop is requested.
RawStream pace(RawStream upstream, double speed, std::stop_token stop);

}  // namespace aestream
