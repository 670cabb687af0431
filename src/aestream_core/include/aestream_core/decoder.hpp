// What every codec that reads looks like from outside: bytes in, events out, state inside one object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "aestream_core/packet_writer.hpp"

namespace aestream {

/// What a decoder met on its way; lost data is counted here.
struct DecodeCounters {
    std::uint64_t outside_sensor = 0;   ///< events dropped because they lie outside the sensor
    std::uint64_t triggers = 0;         ///< external trigger records
    std::uint64_t skipped_words = 0;    ///< words before the stream's first time, not delivered
    std::uint64_t unknown_words = 0;    ///< words of types that the format does not define
    std::uint64_t skipped_packets = 0;  ///< packets of other streams: frames, IMU, triggers
    std::uint64_t damaged = 0;          ///< damaged places that were skipped because skip_errors was set
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
    /// record. A decoder that holds the last record back until it knows that it is whole puts it into the writer here.
    virtual void finish(std::uint64_t at_byte, PacketWriter& writer) = 0;

    [[nodiscard]] virtual DecodeCounters counters() const = 0;

    /// The state as bytes, for a decoder of the same file to go on from here another time; nothing where the format
    /// does not support that.
    [[nodiscard]] virtual std::optional<std::string> save() const { return std::nullopt; }
    /// Take over a saved state. False, and nothing changed, where the bytes are none.
    [[nodiscard]] virtual bool restore(std::string_view /*saved*/) { return false; }

    /// Bytes that one decode() call takes best.
    [[nodiscard]] virtual std::size_t chunk_bytes() const { return std::size_t{1} << 17U; }
};

/// save() and restore() of states that are plain memory.
template <typename State>
    requires std::is_trivially_copyable_v<State>
[[nodiscard]] std::string to_saved(const State& state) {
    std::string saved(sizeof(State), '\0');
    std::memcpy(saved.data(), &state, sizeof(State));
    return saved;
}
template <typename State>
    requires std::is_trivially_copyable_v<State>
[[nodiscard]] bool from_saved(std::string_view saved, State& state) {
    if (saved.size() != sizeof(State)) return false;
    std::memcpy(&state, saved.data(), sizeof(State));
    return true;
}

}  // namespace aestream
