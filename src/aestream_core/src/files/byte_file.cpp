#include "byte_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "aestream_core/errors.hpp"

namespace aestream {

namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& reason) {
    throw InvalidArgument("cannot read '" + path + "': " + reason);
}

}  // namespace

ByteFile::ByteFile(std::string path) : path_(std::move(path)) {
    // Opening a pipe would wait for a writer; O_NONBLOCK makes that an answer, and means nothing for regular files.
    descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor_ < 0) refuse(path_, std::strerror(errno));
    struct stat status{};
    const bool known = ::fstat(descriptor_, &status) == 0;
    if (known && S_ISREG(status.st_mode)) {
        size_bytes_ = static_cast<std::uint64_t>(status.st_size);
        return;
    }
    const std::string reason = !known                    ? std::strerror(errno)
                               : S_ISDIR(status.st_mode) ? "it is a directory"
                                                         : "it is no regular file";
    ::close(descriptor_);
    refuse(path_, reason);
}

ByteFile::ByteFile(std::string name, std::vector<std::byte> bytes)
    : path_(std::move(name)), memory_(std::move(bytes)), size_bytes_(memory_->size()) {}

ByteFile::~ByteFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

std::size_t ByteFile::read(std::uint64_t at_byte, std::span<std::byte> into) const {
    if (memory_) {
        const std::uint64_t from = std::min<std::uint64_t>(at_byte, memory_->size());
        const std::size_t count = std::min<std::uint64_t>(into.size(), memory_->size() - from);
        std::copy_n(memory_->begin() + static_cast<std::ptrdiff_t>(from), count, into.begin());
        return count;
    }
    std::size_t filled = 0;
    while (filled < into.size()) {
        const auto at = static_cast<off_t>(at_byte + filled);
        const ssize_t count = ::pread(descriptor_, into.data() + filled, into.size() - filled, at);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw Error("reading '" + path_ + "' failed: " + std::strerror(errno));
        if (count == 0) break;
        filled += static_cast<std::size_t>(count);
    }
    return filled;
}

std::vector<std::byte> ByteFile::piece(std::uint64_t at_byte, std::size_t most_bytes) const {
    std::vector<std::byte> bytes(std::min<std::uint64_t>(most_bytes, size_bytes_ - std::min(at_byte, size_bytes_)));
    bytes.resize(read(at_byte, bytes));
    return bytes;
}

}  // namespace aestream
