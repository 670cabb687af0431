// Records from all over a file, to guess by what its header does not say.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "byte_file.hpp"

namespace aestream {

/// Call look(bytes) for pieces of whole records: all of a small file, evenly spread ones of a large file.
template <typename Look>
void sample_records(const ByteFile& file, std::uint64_t data_begin, std::size_t record_bytes, Look&& look) {
    constexpr std::uint64_t pieces = 32;
    constexpr std::uint64_t piece_records = 8192;
    const std::uint64_t data_bytes = file.size_bytes() - std::min(data_begin, file.size_bytes());
    const std::uint64_t records = data_bytes / record_bytes;
    const std::uint64_t step = std::max(records / pieces, piece_records);
    for (std::uint64_t at = 0; at < records; at += step) {
        const std::uint64_t count = std::min(piece_records, records - at);
        const auto bytes = file.piece(data_begin + at * record_bytes, count * record_bytes);
        look(std::span(bytes).first(bytes.size() / record_bytes * record_bytes));
    }
}

}  // namespace aestream
