// AEDAT 1.0 and 2.0, the recordings of jAER: big-endian pairs of an address and a time.
//
// The files: docs.inivation.com, "AEDAT 1.0" and "AEDAT 2.0". What the bits of an address mean is up to the camera:
// - DVS128: bit 15 external input, bits 14:8 y, bits 7:1 x, bit 0 polarity. As jAER's DVS128 extractor and libcaer read
//   it, x is mirrored and a polarity bit of 0 means brighter.
// - DAVIS, as in jAER's DavisChip: bit 31 set for samples of frames and of the IMU, else bit 10 set for an external
//   input (bits 2:0: 2 falling, 3 rising, 4 pulse), else an event: bits 30:22 y, bits 21:12 x (mirrored), bit 11 on.
// jAER counts y from the bottom.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "aestream_core/packet_writer.hpp"
#include "aestream_core/partial_record.hpp"
#include "aestream_core/side_records.hpp"

namespace aestream {

/// What the bits of an address mean.
enum class AerLayout : std::uint8_t { dvs128, davis };

/// A 32-bit µs clock, unwrapped to 64 bits. Cameras let it wrap at 2^31 or at 2^32: it has wrapped where it goes from
/// the last eighth of a range to the first. Other steps back are kept as they are.
class AerClock {
public:
    /// Take a time as written; gives the unwrapped one.
    [[nodiscard]] std::uint64_t take(std::uint32_t raw_us) {
        if ((raw_us ^ last_us_) >> quiet_bits != 0) [[unlikely]]
            *this = jumped(*this, raw_us);
        last_us_ = raw_us;
        return base_us_ + raw_us;
    }

    /// The ends of either range and its start lie in different blocks of that many bits: while times stay in the block
    /// of last_us(), all of them are base_us() plus what is written.
    static constexpr unsigned quiet_bits = 29;
    [[nodiscard]] std::uint32_t last_us() const { return last_us_; }
    [[nodiscard]] std::uint64_t base_us() const { return base_us_; }

private:
    // By value, so that a decoder's copy stays in registers.
    [[nodiscard]] static AerClock jumped(AerClock clock, std::uint32_t raw_us);

    std::uint64_t base_us_ = 0;
    std::uint64_t wrapped_us_ = 0;  ///< what the last wrap added
    std::uint32_t last_us_ = 0;
};

/// Bytes of a record by the version of the format.
inline constexpr std::size_t aedat1_record_bytes = 6;
inline constexpr std::size_t aedat2_record_bytes = 8;

/// Everything a decoder remembers between two pieces of a file; a fresh one is the reset.
struct Aedat2State {
    AerLayout layout = AerLayout::dvs128;
    bool wide = true;  ///< 32-bit addresses: AEDAT 2.0
    PartialRecord<aedat2_record_bytes> partial;
    AerClock clock;
    std::uint64_t outside_sensor = 0;  ///< events dropped because they lie outside the sensor
    std::uint64_t triggers = 0;        ///< edges at the external input
    std::uint64_t samples = 0;         ///< of frames and of the IMU, not delivered
};

/// Decode bytes after the header, cut anywhere, into events with the origin at the top left of the writer's sensor.
/// Triggers go into `side` where it wants them.
void decode_aedat2(Aedat2State& state, std::span<const std::byte> bytes, PacketWriter& writer, SideRecords* side);

}  // namespace aestream
