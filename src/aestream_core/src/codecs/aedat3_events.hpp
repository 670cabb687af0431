// The events of AEDAT 3: what lies in a packet, by its type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aestream_core/aedat3.hpp"

namespace aestream::aedat3 {

enum Type : std::int16_t { special = 0, polarity = 1, frame = 2, imu6 = 3, imu9 = 4 };

inline constexpr std::size_t frame_head_bytes = 36;

/// Size of one event; 0 for types of any size, and for frames, whose size is up to the packet.
[[nodiscard]] constexpr std::size_t bytes_of(std::int16_t type) {
    switch (type) {
        case special:
        case polarity:
            return 8;
        case imu6:
            return 36;
        case imu9:
            return 48;
        default:
            return 0;
    }
}

/// The packet's base of time: each overflow of its 31-bit clock is 2^31 µs.
[[nodiscard]] inline std::uint64_t base_us(const Aedat3PacketHeader& header) {
    return static_cast<std::uint64_t>(header.overflows) << 31U;
}

void decode_polarity(Aedat3State& state, const std::byte* at, std::size_t count, PacketWriter& writer);
void decode_special(Aedat3State& state, const std::byte* at, std::size_t count, SideRecords* side);
/// Of six axes or nine, as the packet says.
void decode_imu(const Aedat3State& state, const std::byte* at, std::size_t count, SideRecords& side);
/// A whole frame; one whose size does not match its pixels is left out, and false returned.
bool decode_frame(const Aedat3State& state, std::span<const std::byte> bytes, SideRecords& side);

}  // namespace aestream::aedat3
