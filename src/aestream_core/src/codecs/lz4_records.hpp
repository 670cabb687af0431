// LZ4 blocks of 16-byte records, written at several times a general compressor's speed.
// The encoding: github.com/lz4/lz4, doc/lz4_Block_format.md.
#pragma once

#include <cstddef>
#include <span>

namespace aestream {

/// Room that lz4_compress_records needs.
[[nodiscard]] std::size_t lz4_records_bound(std::size_t bytes);

/// Compress bytes that resemble those some records before: events of 8 bytes time and 8 bytes place. Any bytes are
/// allowed, but others grow. At most one match a record is looked for, the one that holds the time's upper bytes, and
/// only at one distance: that needs no table, and readers meet a single short match an event. Returns the block's size.
[[nodiscard]] std::size_t lz4_compress_records(std::span<const std::byte> records, std::byte* out);

}  // namespace aestream
