// Compression of packets into frames that every reader of LZ4 and Zstandard knows.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace aestream {

/// Compresses one packet after another, reusing its memory.
class Compressor {
public:
    Compressor() = default;
    Compressor(const Compressor&) = delete;
    Compressor& operator=(const Compressor&) = delete;
    virtual ~Compressor() = default;

    /// Room that compress() needs for that many bytes.
    [[nodiscard]] virtual std::size_t bound(std::size_t bytes) const = 0;

    /// Write one frame of these bytes; returns its size.
    virtual std::size_t compress(std::span<const std::byte> bytes, std::byte* out) = 0;
};

/// Copies.
std::unique_ptr<Compressor> make_uncompressing();
/// LZ4 frames by lz4_compress_records: fast on event structs.
std::unique_ptr<Compressor> make_record_lz4();
/// LZ4 frames by the library's thorough search.
std::unique_ptr<Compressor> make_high_lz4(int level);
std::unique_ptr<Compressor> make_zstd_writer(int level);

}  // namespace aestream
