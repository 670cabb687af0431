#include "file_chunks.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>

namespace aestream {

namespace {

// Large enough that mapping costs little beside reading, small enough to bound the memory in use.
constexpr std::uint64_t largest_window_bytes = std::uint64_t{4} << 20U;
constexpr std::uint64_t page_bytes = 4096;

std::uint64_t size_now(int descriptor) {
    struct stat status{};
    return ::fstat(descriptor, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

}  // namespace

FileChunks::FileChunks(const ByteFile& file, std::uint64_t from_byte, std::size_t chunk_bytes, bool memory_map)
    : file_(file),
      at_byte_(from_byte),
      chunk_bytes_(chunk_bytes),
      memory_map_(memory_map && !file.memory() && !file.is_pipe()) {}

FileChunks::~FileChunks() { unmap(); }

std::span<const std::byte> FileChunks::next() {
    const auto chunk = memory_map_ ? mapped() : copied();
    at_byte_ += chunk.size();
    return chunk;
}

std::span<const std::byte> FileChunks::copied() {
    if (file_.memory()) {
        const auto rest = std::span(*file_.memory()).subspan(std::min<std::uint64_t>(at_byte_, file_.size_bytes()));
        return rest.first(std::min(rest.size(), chunk_bytes_));
    }
    chunk_.resize(chunk_bytes_);
    return std::span<const std::byte>(chunk_).first(file_.read(at_byte_, chunk_));
}

std::span<const std::byte> FileChunks::mapped() {
    if (at_byte_ >= window_at_byte_ + window_bytes_ && !map_window()) return copied();
    const auto rest = std::span<const std::byte>(window_, window_bytes_).subspan(at_byte_ - window_at_byte_);
    return rest.first(std::min(rest.size(), chunk_bytes_));
}

bool FileChunks::map_window() {
    unmap();
    const std::uint64_t size_bytes = size_now(file_.descriptor());
    if (at_byte_ >= size_bytes) return false;
    window_at_byte_ = at_byte_ / page_bytes * page_bytes;
    const std::uint64_t bytes = std::min(size_bytes - window_at_byte_, largest_window_bytes + chunk_bytes_);
    void* const window = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, file_.descriptor(),
                                static_cast<off_t>(window_at_byte_));
    if (window == MAP_FAILED) {
        memory_map_ = false;
        return false;
    }
    window_ = static_cast<std::byte*>(window);
    window_bytes_ = bytes;
    return true;
}

void FileChunks::unmap() {
    if (window_ != nullptr) ::munmap(window_, window_bytes_);
    window_ = nullptr;
    window_bytes_ = 0;
}

}  // namespace aestream
