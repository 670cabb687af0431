// Events of any origin, written by a format's encoder and read back.
#pragma once

#include <span>

#include "aestream_core/files.hpp"

namespace aestream::fuzz {

/// Write the packets with default options and read the file again: the same events must come, or the encoder refuse
/// what the format cannot hold.
void check_round_trip(const FileFormat& format, Sensor sensor, std::span<const Packet> packets);

}  // namespace aestream::fuzz
