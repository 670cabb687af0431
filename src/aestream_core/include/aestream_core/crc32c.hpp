// CRC-32C, the checksum of framed datagrams.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace aestream {

/// CRC-32C (Castagnoli; RFC 3720, appendix B.4) of bytes; `before` is that of the bytes in front of them. With the
/// processor's own instruction where it has one.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before = 0);

/// The same from a table, on every machine.
[[nodiscard]] std::uint32_t crc32c_by_table(std::span<const std::byte> bytes, std::uint32_t before = 0);

}  // namespace aestream
