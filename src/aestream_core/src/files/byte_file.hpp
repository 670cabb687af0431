// A regular file that is read by position.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace aestream {

class ByteFile {
public:
    /// Open a regular file for reading. Throws InvalidArgument with the path and the reason where that fails.
    explicit ByteFile(std::string path);
    ~ByteFile();
    ByteFile(ByteFile&& other) noexcept
        : path_(std::move(other.path_)),
          descriptor_(std::exchange(other.descriptor_, -1)),
          size_bytes_(other.size_bytes_) {}
    ByteFile& operator=(ByteFile&&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    /// Size when it was opened; a recording that is being written grows.
    [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

    /// Fill `into` with the bytes from at_byte on; fewer come only at the end of the file.
    [[nodiscard]] std::size_t read(std::uint64_t at_byte, std::span<std::byte> into) const;

    /// The first bytes of the file, at most that many.
    [[nodiscard]] std::vector<std::byte> head(std::size_t most_bytes) const;

private:
    std::string path_;
    int descriptor_ = -1;
    std::uint64_t size_bytes_ = 0;
};

}  // namespace aestream
