// Bytes on their way to a file: what every encoder writes into.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "aestream_core/buffer_pool.hpp"

namespace aestream {

/// A growing buffer. Whoever owns the file takes the bytes out now and then; positions count from the file's start.
class ByteSink {
public:
    /// Bytes that belong elsewhere than at the end: a place that was left open is filled in.
    struct Patch {
        std::uint64_t at_byte;
        std::vector<std::byte> bytes;
    };

    /// Room for that many further bytes; say with advance_to() how far it was used. Void after the next call.
    [[nodiscard]] std::byte* reserve(std::size_t more_bytes) {
        if (capacity_bytes() - size_ < more_bytes) grow(more_bytes);
        return data() + size_;
    }
    void advance_to(const std::byte* end) { size_ = static_cast<std::size_t>(end - data()); }

    void append(std::span<const std::byte> bytes) {
        if (bytes.empty()) return;
        std::memcpy(reserve(bytes.size()), bytes.data(), bytes.size());
        size_ += bytes.size();
    }
    void append(std::string_view text) { append(std::as_bytes(std::span(text))); }

    /// Where in the file the next byte will lie.
    [[nodiscard]] std::uint64_t position() const { return taken_bytes_ + size_; }

    /// Overwrite bytes that were put before, wherever they are by now.
    void patch(std::uint64_t at_byte, std::span<const std::byte> bytes) {
        patches_.push_back({at_byte, {bytes.begin(), bytes.end()}});
    }

    /// Bytes that wait to be taken.
    [[nodiscard]] std::span<const std::byte> waiting() const { return {data(), size_}; }
    /// Say that the waiting bytes were taken.
    void clear() {
        taken_bytes_ += size_;
        size_ = 0;
    }
    [[nodiscard]] std::vector<Patch> take_patches() { return std::exchange(patches_, {}); }

private:
    [[nodiscard]] std::byte* data() const { return buffer_ ? buffer_->data() : nullptr; }
    [[nodiscard]] std::size_t capacity_bytes() const { return buffer_ ? buffer_->capacity_bytes() : 0; }
    void grow(std::size_t more_bytes);

    BufferRef buffer_;
    std::size_t size_ = 0;
    std::uint64_t taken_bytes_ = 0;
    std::vector<Patch> patches_;
};

}  // namespace aestream
