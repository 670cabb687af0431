// Stands in for the buffer pool: every buffer is exactly as large as asked for and used once, so that the address
// sanitizer sees each access behind its end and after its return.
#include <new>

#include "aestream_core/buffer_pool.hpp"

namespace aestream {

namespace {
constexpr std::align_val_t cache_line{64};
}  // namespace

Buffer::Buffer(std::size_t capacity_bytes)
    : data_(static_cast<std::byte*>(::operator new(capacity_bytes, cache_line))), capacity_bytes_(capacity_bytes) {}

Buffer::~Buffer() { ::operator delete(data_, cache_line); }

BufferPool& BufferPool::shared() {
    static BufferPool pool(0);
    return pool;
}

BufferRef BufferPool::acquire(std::size_t capacity_bytes) { return std::make_shared<Buffer>(capacity_bytes); }

}  // namespace aestream
