#include "byte_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "aestream_core/errors.hpp"

namespace aestream {

namespace {

constexpr std::size_t pipe_head_bytes = std::size_t{1} << 16U;
constexpr std::chrono::milliseconds pipe_patience{200};

[[noreturn]] void refuse(const std::string& path, const std::string& reason) {
    throw InvalidArgument("cannot read '" + path + "': " + reason);
}

std::size_t copy_out(std::span<const std::byte> bytes, std::uint64_t at_byte, std::span<std::byte> into) {
    const auto rest = bytes.subspan(std::min<std::uint64_t>(at_byte, bytes.size()));
    const std::size_t count = std::min(into.size(), rest.size());
    std::ranges::copy(rest.first(count), into.begin());
    return count;
}

}  // namespace

ByteFile::ByteFile(std::string path, const std::stop_token& stop) : path_(std::move(path)) {
    struct stat status{};
    // A named pipe waits for its writer, as everywhere; a device must not make anybody wait.
    const bool waits = ::stat(path_.c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
    descriptor_ = Descriptor(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | (waits ? 0 : O_NONBLOCK)));
    if (!descriptor_) refuse(path_, std::strerror(errno));
    const bool known = ::fstat(descriptor(), &status) == 0;
    if (known && S_ISREG(status.st_mode)) {
        size_bytes_ = static_cast<std::uint64_t>(status.st_size);
    } else if (known && S_ISFIFO(status.st_mode)) {
        open_pipe(stop);
    } else {
        const std::string reason = !known                    ? std::strerror(errno)
                                   : S_ISDIR(status.st_mode) ? "it is a directory"
                                                             : "it is no regular file and no pipe";
        refuse(path_, reason);
    }
}

void ByteFile::open_pipe(const std::stop_token& stop) {
    pipe_.emplace(stop).watch(descriptor(), Direction::readable);
    pipe_head_.emplace(pipe_head_bytes);
    std::size_t filled = 0;
    // A slow pipe must not make its first events wait for the last of the head.
    const auto has_more = [this] { return wait_for_more(Readiness::Clock::now() + pipe_patience); };
    while (filled < pipe_head_bytes && (filled == 0 || has_more())) {
        const std::size_t count = read_once(std::span(*pipe_head_).subspan(filled));
        if (count == 0) break;
        filled += count;
    }
    pipe_head_->resize(filled);
    size_bytes_ = pipe_at_byte_ = filled;
}

ByteFile::ByteFile(std::string name, std::vector<std::byte> bytes)
    : path_(std::move(name)), memory_(std::move(bytes)), size_bytes_(memory_->size()) {}

std::size_t ByteFile::read(std::uint64_t at_byte, std::span<std::byte> into) const {
    if (memory_) return copy_out(*memory_, at_byte, into);
    if (pipe_head_) return read_pipe(at_byte, into);
    std::size_t filled = 0;
    while (filled < into.size()) {
        const auto at = static_cast<off_t>(at_byte + filled);
        const ssize_t count = ::pread(descriptor(), into.data() + filled, into.size() - filled, at);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw Error("reading '" + path_ + "' failed: " + std::strerror(errno));
        if (count == 0) break;
        filled += static_cast<std::size_t>(count);
    }
    return filled;
}

std::size_t ByteFile::read_pipe(std::uint64_t at_byte, std::span<std::byte> into) const {
    if (at_byte < pipe_head_->size()) return copy_out(*pipe_head_, at_byte, into);
    if (at_byte != pipe_at_byte_) throw Error("'" + path_ + "' is a pipe: it is read once, from its start to its end");
    const std::size_t count = read_once(into);
    pipe_at_byte_ += count;
    return count;
}

bool ByteFile::wait_for_more(std::optional<Readiness::Clock::time_point> deadline) const {
    const Wake wake = pipe_->wait(deadline);
    if (wake == Wake::stopped) throw Stopped();
    return wake == Wake::ready;
}

std::size_t ByteFile::read_once(std::span<std::byte> into) const {
    wait_for_more();
    const ssize_t count = ::read(descriptor(), into.data(), into.size());
    if (count < 0) throw Error("reading '" + path_ + "' failed: " + std::strerror(errno));
    return static_cast<std::size_t>(count);
}

std::vector<std::byte> ByteFile::piece(std::uint64_t at_byte, std::size_t most_bytes) const {
    std::vector<std::byte> bytes(std::min<std::uint64_t>(most_bytes, size_bytes_ - std::min(at_byte, size_bytes_)));
    bytes.resize(read(at_byte, bytes));
    return bytes;
}

}  // namespace aestream
