// Decompression of frames of unknown origin: memory grows with what really comes out, up to a bound.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>

namespace aestream {

/// Compressed bytes are damaged, cut, or expand beyond the bound; the message says which.
struct BadCompression : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Decompresses one packet after another, reusing its memory.
class Decompressor {
public:
    /// Largest packet after decompression.
    static constexpr std::size_t max_bytes = std::size_t{1} << 30U;

    Decompressor() = default;
    Decompressor(const Decompressor&) = delete;
    Decompressor& operator=(const Decompressor&) = delete;
    virtual ~Decompressor() = default;

    /// The decompressed bytes, valid until the next call. Throws BadCompression.
    virtual std::span<const std::byte> decompress(std::span<const std::byte> compressed) = 0;
};

std::unique_ptr<Decompressor> make_uncompressed();
/// largest_bytes bounds what one packet may expand to.
std::unique_ptr<Decompressor> make_lz4(std::size_t largest_bytes = Decompressor::max_bytes);
std::unique_ptr<Decompressor> make_zstd(std::size_t largest_bytes = Decompressor::max_bytes);

}  // namespace aestream
