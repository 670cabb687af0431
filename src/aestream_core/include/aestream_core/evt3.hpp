// EVT3, the 16-bit event words of Prophesee sensors: decoding, encoding, and cutting undecoded streams.
// The word layout: docs.prophesee.ai, "EVT 3.0 format".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "aestream_core/decoder.hpp"
#include "aestream_core/packet.hpp"
#include "aestream_core/packet_writer.hpp"
#include "aestream_core/partial_record.hpp"
#include "aestream_core/raw_packet.hpp"
#include "aestream_core/side_records.hpp"

namespace aestream {

/// The 24-bit clock of an EVT3 stream, unwrapped to 64 bits.
///
/// TIME_HIGH repeats many times within one of its values, so words are no increments. It has wrapped when it falls by
/// more than half its range. A fall by less is time stepping back, and so is 0 -> 4095 after a wrap: a late event just
/// before it. A TIME_HIGH that changes restarts the low part at 0 until the next TIME_LOW.
class Evt3Clock {
public:
    static constexpr std::uint64_t wrap_us = std::uint64_t{1} << 24U;

    [[nodiscard]] bool running() const { return running_; }
    [[nodiscard]] std::uint64_t time_us() const { return high_us_ + low_us_; }
    /// Time at the start of the current TIME_HIGH value.
    [[nodiscard]] std::uint64_t high_us() const { return high_us_; }

    void take_low(std::uint32_t value) { low_us_ = value; }

    /// Take a TIME_HIGH value; true where the time moved.
    bool take_high(std::uint32_t value) {
        if (running_ && !seed_us_ && value == high_value()) return false;
        return move_high(value);
    }

    /// Let the next TIME_HIGH pick the number of wraps that brings it nearest to near_us.
    void seed(std::uint64_t near_us) { seed_us_ = near_us; }
    /// Let the next TIME_HIGH lie in the same turn of the clock as t_us.
    void start_in_turn_of(std::uint64_t t_us) { seed(t_us / wrap_us * wrap_us + wrap_us / 2 - 1); }

private:
    [[nodiscard]] std::uint32_t high_value() const { return static_cast<std::uint32_t>(high_us_ >> 12U) & 0xfffU; }
    bool move_high(std::uint32_t value);

    std::uint64_t high_us_ = 0;
    std::uint64_t low_us_ = 0;
    std::optional<std::uint64_t> seed_us_;
    bool running_ = false;
};

/// Everything a decoder remembers between two pieces of a stream; a fresh one is the reset.
struct Evt3State {
    Evt3Clock clock;
    std::uint16_t y = 0;
    std::uint32_t base_x = 0;
    bool vector_on = false;  ///< polarity of vector events
    PartialRecord<2> partial;
    DecodeCounters counters;
};

/// Let the first TIME_HIGH from now on lie nearest to near_us: messages carry a 24-bit clock beside a full time.
inline void seed_time(Evt3State& state, std::uint64_t near_us) { state.clock.seed(near_us); }

/// Decode bytes, cut anywhere, into events; triggers go to `side` where it is not null. Times are as the stream says
/// them, not made ascending.
void decode_evt3(Evt3State& state, std::span<const std::byte> bytes, PacketWriter& writer, SideRecords* side = nullptr);

/// What an encoder remembers between the packets of one file; messages start from a fresh one each.
struct Evt3EncodeState {
    std::optional<std::uint64_t> high;  ///< last TIME_HIGH written, unwrapped: time >> 12
};

/// Most bytes that encode_evt3 writes for that packet. Throws InvalidArgument where its time lies over 2^40 µs (12.7
/// days) after the packet before.
[[nodiscard]] std::size_t evt3_bound(const Packet& packet, const Evt3EncodeState& state);

/// Encode a packet; returns the bytes written, at most evt3_bound(packet, state).
///
/// The result starts with TIME_HIGH and TIME_LOW and depends on no earlier word; order and times are kept exactly. With
/// the state of the packet before, a decoder that reads both in a row also sees every wrap of the clock between them.
/// Throws InvalidArgument, and changes nothing, for coordinates above 2047 and for steps back in time that the format
/// cannot express: more than 8.388608 s, or over a wrap of the clock by more than one TIME_HIGH value (4096 µs).
std::size_t encode_evt3(const Packet& packet, Evt3EncodeState& state, std::byte* out);

/// Cut an undecoded EVT3 stream right before TIME_HIGH words, or between any two where a piece would exceed max_bytes.
/// The pieces in a row are the stream's bytes exactly. Throws DamagedRecording at the end of an odd number of bytes.
RawStream frame_evt3(ByteStream source, FrameOptions options);

}  // namespace aestream
