// AEDAT 3.0 and 3.1, the recordings of cAER: little-endian packets of events of one type each.
// The layout: docs.inivation.com, "AEDAT 3.1" and "AEDAT 3.0"; the events are those of libcaer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "aestream_core/packet_writer.hpp"
#include "aestream_core/side_records.hpp"

namespace aestream {

/// The head of a packet: who made what is in it.
struct Aedat3PacketHeader {
    std::int16_t type = 0;
    std::int16_t source = 0;
    std::int32_t event_bytes = 0;  ///< size of one event
    std::int32_t time_at = 0;      ///< where in an event its time lies
    std::int32_t overflows = 0;    ///< of the 31-bit time
    std::int32_t capacity = 0;     ///< events that there is room for
    std::int32_t events = 0;       ///< events that there are
    std::int32_t valid = 0;        ///< events that no filter took out
};
inline constexpr std::size_t aedat3_header_bytes = 28;
static_assert(sizeof(Aedat3PacketHeader) == aedat3_header_bytes);

/// Everything a decoder remembers between two pieces of a file that is plain memory; a fresh one is the reset.
struct Aedat3State {
    static constexpr std::size_t largest_record_bytes = 48;

    bool from_bottom = false;        ///< rows count from the bottom: AEDAT 3.0
    bool skip_errors = false;        ///< leave out damaged packets and go on behind them
    std::uint64_t at_byte = 0;       ///< in the file, of the next byte to take
    std::uint64_t packet_bytes = 0;  ///< of the packet's events that have not come yet; 0 between packets
    std::uint32_t events_left = 0;   ///< events of the packet that have not come yet
    bool skipped = false;            ///< whether the packet is passed over
    Aedat3PacketHeader header;
    std::uint32_t partial_bytes = 0;  ///< of a header or a record whose rest has not come yet
    std::array<std::byte, largest_record_bytes> partial{};

    std::uint64_t outside_sensor = 0;   ///< events dropped because they lie outside the sensor
    std::uint64_t invalid = 0;          ///< events that a filter had taken out
    std::uint64_t triggers = 0;         ///< edges at external inputs
    std::uint64_t skipped_packets = 0;  ///< packets of other types than events
    std::uint64_t damaged = 0;          ///< damaged packets that were left out
};

/// The state, and the frame that is being put together; a frame that saving cuts is left out.
struct Aedat3Decoding {
    Aedat3State state;
    std::vector<std::byte> frame;
};

/// Decode bytes after the header, cut anywhere. Triggers, IMU samples and frames go into `side` where it wants them.
/// Throws DamagedRecording; everything before the fault is in the writer.
void decode_aedat3(Aedat3Decoding& decoding, std::span<const std::byte> bytes, PacketWriter& writer, SideRecords* side);

/// Whether a state that was stored somewhere is one that decoding leaves behind.
[[nodiscard]] bool is_possible(const Aedat3State& state);

}  // namespace aestream
