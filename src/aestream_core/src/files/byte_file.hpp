// A regular file that is read by position, bytes in memory that stand for one, or a pipe that is read once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "aestream_core/readiness.hpp"

namespace aestream {

class ByteFile {
public:
    /// Open a regular file or a pipe for reading. A pipe's first 64 KiB count as its head; it waits for them, or for
    /// what comes without a pause. Throws InvalidArgument with the path and the reason where opening fails.
    /// Waiting for a pipe ends with Stopped where stop is requested.
    explicit ByteFile(std::string path, const std::stop_token& stop = {});
    /// Take bytes that stand for a file of that name.
    ByteFile(std::string name, std::vector<std::byte> bytes);
    ByteFile(const ByteFile&) = delete;
    ByteFile& operator=(const ByteFile&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    /// Size when it was opened; a recording that is being written grows. Of a pipe, what is known: its head.
    [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

    /// Fill `into` with the bytes from at_byte on; fewer come only at the end of the file, or as a pipe brings them.
    /// None is the end.
    [[nodiscard]] std::size_t read(std::uint64_t at_byte, std::span<std::byte> into) const;

    /// The first bytes of the file, at most that many.
    [[nodiscard]] std::vector<std::byte> head(std::size_t most_bytes) const { return piece(0, most_bytes); }

    /// The bytes from at_byte on, at most that many.
    [[nodiscard]] std::vector<std::byte> piece(std::uint64_t at_byte, std::size_t most_bytes) const;

    /// All bytes, where they are in memory.
    [[nodiscard]] const std::optional<std::vector<std::byte>>& memory() const { return memory_; }
    [[nodiscard]] bool is_pipe() const { return pipe_head_.has_value(); }
    [[nodiscard]] int descriptor() const { return descriptor_.get(); }

private:
    void open_pipe(const std::stop_token& stop);
    bool wait_for_more(std::optional<Readiness::Clock::time_point> deadline = {}) const;
    [[nodiscard]] std::size_t read_pipe(std::uint64_t at_byte, std::span<std::byte> into) const;
    [[nodiscard]] std::size_t read_once(std::span<std::byte> into) const;

    std::string path_;
    std::optional<std::vector<std::byte>> pipe_head_;
    mutable std::uint64_t pipe_at_byte_ = 0;
    mutable std::optional<Readiness> pipe_;
    std::optional<std::vector<std::byte>> memory_;
    Descriptor descriptor_;
    std::uint64_t size_bytes_ = 0;
};

}  // namespace aestream
