// Streams of records of one size, cut anywhere.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace aestream {

/// The start of a record whose rest has not come yet.
template <std::size_t most_bytes>
struct PartialRecord {
    std::array<std::byte, most_bytes> bytes{};
    std::uint8_t count = 0;
};

/// Call decode(first, count) for the whole records that the bytes complete or hold, and keep the rest.
template <std::size_t record_bytes, std::size_t most_bytes, typename Decode>
    requires(record_bytes <= most_bytes)
void for_whole_records(PartialRecord<most_bytes>& partial, std::span<const std::byte> bytes, Decode&& decode) {
    if (partial.count > 0) {
        const std::size_t missing = std::min(record_bytes - partial.count, bytes.size());
        std::copy_n(bytes.begin(), missing, partial.bytes.begin() + partial.count);
        partial.count = static_cast<std::uint8_t>(partial.count + missing);
        bytes = bytes.subspan(missing);
        if (partial.count < record_bytes) return;
        partial.count = 0;
        decode(partial.bytes.data(), std::size_t{1});
    }
    const std::size_t count = bytes.size() / record_bytes;
    if (count > 0) decode(bytes.data(), count);
    const auto rest = bytes.subspan(count * record_bytes);
    std::copy(rest.begin(), rest.end(), partial.bytes.begin());
    partial.count = static_cast<std::uint8_t>(rest.size());
}

}  // namespace aestream
