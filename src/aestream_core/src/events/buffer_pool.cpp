#include "aestream_core/buffer_pool.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <new>

namespace aestream {

namespace {
constexpr std::align_val_t cache_line{64};
constexpr std::size_t smallest_bytes = 4096;
constexpr std::size_t huge_page_bytes = std::size_t{2} << 20U;
constexpr std::size_t shared_retain_limit_bytes = std::size_t{256} << 20U;

std::align_val_t alignment_of(std::size_t capacity_bytes) {
    return capacity_bytes >= 2 * huge_page_bytes ? std::align_val_t{huge_page_bytes} : cache_line;
}

/// Memory for whole recordings is taken from the kernel page by page as it is first written; large pages make that cost
/// a fraction.
std::byte* allocate(std::size_t capacity_bytes) {
    const std::align_val_t alignment = alignment_of(capacity_bytes);
    auto* const bytes = static_cast<std::byte*>(::operator new(capacity_bytes, alignment));
#ifdef MADV_HUGEPAGE
    if (alignment != cache_line) ::madvise(bytes, capacity_bytes, MADV_HUGEPAGE);
#endif
    return bytes;
}
}  // namespace

Buffer::Buffer(std::size_t capacity_bytes) : data_(allocate(capacity_bytes)), capacity_bytes_(capacity_bytes) {}

Buffer::~Buffer() { ::operator delete(data_, alignment_of(capacity_bytes_)); }

std::shared_ptr<BufferPool> BufferPool::make(std::size_t retain_limit_bytes) {
    return std::shared_ptr<BufferPool>(new BufferPool(retain_limit_bytes));
}

BufferPool& BufferPool::shared() {
    // Never destroyed: Python may still hold packets while the process ends.
    static auto* pool = new std::shared_ptr<BufferPool>(make(shared_retain_limit_bytes));
    return **pool;
}

BufferRef BufferPool::acquire(std::size_t capacity_bytes) {
    const std::size_t rounded = std::bit_ceil(std::max(capacity_bytes, smallest_bytes));
    const auto log2 = static_cast<std::size_t>(std::countr_zero(rounded));
    std::unique_ptr<Buffer> buffer;
    {
        const std::lock_guard lock(mutex_);
        ++counters_.in_use;
        auto& free = free_by_log2_[log2];
        if (!free.empty()) {
            buffer = std::move(free.back());
            free.pop_back();
            ++counters_.reused;
            counters_.retained_bytes -= rounded;
        } else {
            ++counters_.allocated;
        }
    }
    if (!buffer) buffer = std::make_unique<Buffer>(rounded);
    return {buffer.release(),
            [pool = shared_from_this()](Buffer* returned) { pool->give_back(std::unique_ptr<Buffer>(returned)); }};
}

void BufferPool::give_back(std::unique_ptr<Buffer> buffer) {
    const std::lock_guard lock(mutex_);
    --counters_.in_use;
    const std::size_t bytes = buffer->capacity_bytes();
    if (counters_.retained_bytes + bytes > retain_limit_bytes_) return;
    counters_.retained_bytes += bytes;
    free_by_log2_[static_cast<std::size_t>(std::countr_zero(bytes))].push_back(std::move(buffer));
}

BufferPool::Counters BufferPool::counters() const {
    const std::lock_guard lock(mutex_);
    return counters_;
}

}  // namespace aestream
