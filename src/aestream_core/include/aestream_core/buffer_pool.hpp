// Reusable, reference-counted memory: a buffer returns to its pool when its last holder, in C++ or Python, lets go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace aestream {

/// A block of 64-byte aligned memory.
class Buffer {
public:
    explicit Buffer(std::size_t capacity_bytes);
    ~Buffer();
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;

    [[nodiscard]] std::byte* data() const { return data_; }
    [[nodiscard]] std::size_t capacity_bytes() const { return capacity_bytes_; }

private:
    std::byte* data_;
    std::size_t capacity_bytes_;
};

using BufferRef = std::shared_ptr<Buffer>;

/// Hands out buffers whose capacity is a power of two, and keeps returned ones for reuse up to a bound in bytes.
class BufferPool : public std::enable_shared_from_this<BufferPool> {
public:
    struct Counters {
        std::uint64_t allocated = 0;       ///< buffers ever taken from the system
        std::uint64_t reused = 0;          ///< requests served by a returned buffer
        std::uint64_t in_use = 0;          ///< buffers held by someone now
        std::uint64_t retained_bytes = 0;  ///< bytes kept for reuse now
    };

    [[nodiscard]] static std::shared_ptr<BufferPool> make(std::size_t retain_limit_bytes);

    /// The pool of this process: every packet of the suite comes from it.
    [[nodiscard]] static BufferPool& shared();

    /// Give a buffer of at least that capacity; its contents are unspecified.
    [[nodiscard]] BufferRef acquire(std::size_t capacity_bytes);

    [[nodiscard]] Counters counters() const;

private:
    explicit BufferPool(std::size_t retain_limit_bytes) : retain_limit_bytes_(retain_limit_bytes) {}
    void give_back(std::unique_ptr<Buffer> buffer);

    std::size_t retain_limit_bytes_;
    mutable std::mutex mutex_;
    std::vector<std::vector<std::unique_ptr<Buffer>>> free_by_log2_{64};
    Counters counters_;
};

}  // namespace aestream
