// What every codec looks like from outside: bytes in, events out, state inside one object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aestream_core/packet_writer.hpp"

namespace aestream {

/// What a decoder met on its way; lost data is counted here.
struct DecodeCounters {
    std::uint64_t outside_sensor = 0;   ///< events dropped because they lie outside the sensor
    std::uint64_t triggers = 0;         ///< external trigger records, not delivered
    std::uint64_t skipped_words = 0;    ///< words before the stream's first time, not delivered
    std::uint64_t unknown_words = 0;    ///< words of types that the format does not define
    std::uint64_t skipped_packets = 0;  ///< packets of other streams: frames, IMU, triggers
};

/// A codec with its state. Bytes may be cut anywhere between calls.
class Decoder {
public:
    Decoder() = default;
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
    virtual ~Decoder() = default;

    /// Decode bytes into events. Throws DamagedRecording; events before the fault are in the writer.
    virtual void decode(std::span<const std::byte> bytes, PacketWriter& writer) = 0;

    /// Say that the bytes have ended, at_byte bytes into the file. Throws DamagedRecording where that is inside a
    /// record.
    virtual void finish(std::uint64_t at_byte) = 0;

    [[nodiscard]] virtual DecodeCounters counters() const = 0;
};

}  // namespace aestream
