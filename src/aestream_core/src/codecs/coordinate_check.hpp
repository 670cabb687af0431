// Whether a format's words are wide enough for a packet's coordinates.
#pragma once

#include <cstdint>
#include <string_view>

#include "aestream_core/packet.hpp"

namespace aestream {

/// Throws InvalidArgument where a coordinate lies above `largest`, which must be 2^n - 1.
void check_coordinates(const Packet& packet, std::uint32_t largest, std::string_view format);

}  // namespace aestream
