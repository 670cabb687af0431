#include "aestream_core/byte_sink.hpp"

#include <algorithm>

namespace aestream {

void ByteSink::grow(std::size_t more_bytes) {
    BufferRef larger = BufferPool::shared().acquire(std::max(size_ + more_bytes, 2 * size_));
    if (size_ > 0) std::memcpy(larger->data(), data(), size_);
    buffer_ = std::move(larger);
}

}  // namespace aestream
