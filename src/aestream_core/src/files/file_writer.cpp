#include "aestream_core/file_writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "aestream_core/errors.hpp"
#include "aestream_core/files.hpp"

namespace aestream {

namespace {

// Large enough that a system call costs nothing beside the encoding, small enough to stay in the cache.
constexpr std::size_t flush_bytes = std::size_t{1} << 18U;
// Larger packets are encoded in pieces, so that what waits for the disk stays in the cache.
constexpr std::size_t piece_events = std::size_t{1} << 14U;

std::unique_ptr<Encoder> make_encoder(const FileFormat& format, const EncodeOptions& options) {
    check_options(options.values, format.write_options, format.name, "writes");
    return format.make_encoder(options);
}

}  // namespace

FileWriter::FileWriter(std::string path, std::string_view format, const EncodeOptions& options)
    : path_(std::move(path)), sensor_(options.sensor) {
    const FileFormat& row = format_to_write(path_, format);
    format_ = row.name;
    encoder_ = make_encoder(row, options);
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor_ < 0) throw InvalidArgument("cannot write '" + path_ + "': " + std::strerror(errno));
}

FileWriter::~FileWriter() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void FileWriter::write(const Packet& packet) {
    if (descriptor_ < 0) throw InvalidArgument("'" + path_ + "' is closed; nothing more can be written to it");
    if (packet.empty()) return;
    begin(packet.first_us());
    for (std::size_t from = 0; from < packet.size(); from += piece_events) {
        const std::size_t to = std::min(from + piece_events, packet.size());
        encoder_->encode(packet.view(from, to), sink_);
        events_ += to - from;
        if (sink_.waiting().size() >= flush_bytes) flush();
    }
}

void FileWriter::flush() {
    write_all(written_bytes_, sink_.waiting());
    written_bytes_ += sink_.waiting().size();
    sink_.clear();
    for (const ByteSink::Patch& patch : sink_.take_patches()) write_all(patch.at_byte, patch.bytes);
}

void FileWriter::close() {
    if (descriptor_ < 0) return;
    begin(0);
    encoder_->finish(sink_);
    flush();
    if (::close(std::exchange(descriptor_, -1)) != 0) {
        throw Error("writing '" + path_ + "' failed: " + std::strerror(errno));
    }
}

WriteCounters FileWriter::counters() const { return {events_, sink_.position(), encoder_->lost_base_us()}; }

void FileWriter::begin(std::uint64_t first_us) {
    if (!std::exchange(began_, true)) encoder_->begin(first_us, sink_);
}

void FileWriter::write_all(std::uint64_t at_byte, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(at_byte));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw Error("writing '" + path_ + "' failed: " + std::strerror(errno));
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        at_byte += static_cast<std::uint64_t>(count);
    }
}

}  // namespace aestream
