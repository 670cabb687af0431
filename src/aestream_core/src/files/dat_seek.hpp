// Where in a DAT file a time lies, found by bisection.
#pragma once

#include <cstdint>

#include "aestream_core/files.hpp"
#include "byte_file.hpp"

namespace aestream {

/// A byte from which on the file holds every event at or after start_us; the beginning of the data where the times do
/// not ascend enough to tell, as in files over which the 32-bit clock wraps.
[[nodiscard]] std::uint64_t seek_dat(const ByteFile& file, const FileInfo& info, Decoder& decoder,
                                     std::uint64_t start_us);

}  // namespace aestream
