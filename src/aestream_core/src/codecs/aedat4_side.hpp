// AEDAT4's packets beside events: triggers, IMU samples, frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "aestream_core/side_records.hpp"

namespace aestream::aedat4 {

/// Whether somebody collects the records of that type of stream.
[[nodiscard]] bool wants(const SideRecords* side, std::string_view type);

/// Take the records of one packet, decompressed. Returns how many triggers were among them. Throws BadFlatbuffer.
std::uint64_t take_side_packet(std::string_view type, std::span<const std::byte> packet, SideRecords& side);

}  // namespace aestream::aedat4
