// A file's bytes from some place to its end, piece by piece.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "byte_file.hpp"

namespace aestream {

/// Copies pieces out of the file, or maps a window of it after the other: memory in use does not grow with the file.
class FileChunks {
public:
    FileChunks(const ByteFile& file, std::uint64_t from_byte, std::size_t chunk_bytes, bool memory_map);
    ~FileChunks();
    FileChunks(const FileChunks&) = delete;
    FileChunks& operator=(const FileChunks&) = delete;

    /// The next piece, valid until the next call; empty at the end.
    [[nodiscard]] std::span<const std::byte> next();

    /// Where the next piece begins.
    [[nodiscard]] std::uint64_t at_byte() const { return at_byte_; }

private:
    [[nodiscard]] std::span<const std::byte> copied();
    [[nodiscard]] std::span<const std::byte> mapped();
    bool map_window();
    void unmap();

    const ByteFile& file_;
    std::uint64_t at_byte_;
    std::size_t chunk_bytes_;
    bool memory_map_;
    std::vector<std::byte> chunk_;
    std::byte* window_ = nullptr;
    std::uint64_t window_at_byte_ = 0;
    std::size_t window_bytes_ = 0;
};

}  // namespace aestream
