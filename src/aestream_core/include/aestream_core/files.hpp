// Recordings: what a file is, and its events or undecoded bytes as a stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aestream_core/decoder.hpp"
#include "aestream_core/raw_packet.hpp"
#include "aestream_core/stream.hpp"

namespace aestream {

class ByteFile;

/// What a recording's header says.
struct FileInfo {
    std::string format;  ///< name in the format table
    Sensor sensor;
    bool sensor_assumed = false;  ///< whether the header does not say the sensor's size
    std::uint64_t size_bytes = 0;
    std::uint64_t data_begin = 0;                ///< where the header ends
    std::map<std::string, std::string> details;  ///< camera, serial, compression, ...: what the format has
};

/// A format's own part of an opened recording.
struct OpenedFormat {
    FileInfo info;
    std::unique_ptr<Decoder> decoder;  ///< takes the bytes from info.data_begin on
};

/// One row of the format table: everything that is known of a file format lies behind it.
struct FileFormat {
    std::string_view name;
    std::span<const std::string_view> extensions;  ///< lower case, with the dot
    /// Read the header and make a decoder. Throws FormatError where the content is something else.
    OpenedFormat (*open)(const ByteFile& file, std::optional<Sensor> sensor);
    /// Cut the undecoded bytes into packets; null for formats that are no camera's wire format.
    RawStream (*frame)(ByteStream bytes, Sensor sensor, std::uint64_t packet_us, std::size_t max_bytes);
};

[[nodiscard]] std::span<const FileFormat> file_formats();

/// A recording whose header was read; pass it on to one of the readers below.
struct OpenedFile {
    std::unique_ptr<ByteFile> file;
    const FileFormat* format = nullptr;
    FileInfo info;
    std::unique_ptr<Decoder> decoder;

    OpenedFile();
    OpenedFile(OpenedFile&&) noexcept;
    OpenedFile& operator=(OpenedFile&&) noexcept;
    ~OpenedFile();
};

/// Open a recording: its extension names the format, its content must agree. `sensor` replaces the header's size.
/// Throws InvalidArgument (no such file, unknown extension), FormatError, DamagedRecording (the header is cut).
[[nodiscard]] OpenedFile open_file(const std::string& path, std::optional<Sensor> sensor);

/// What a reader did so far. Written by the stream, read from any thread.
struct ReadCounters {
    std::uint64_t bytes = 0;   ///< read after the header
    std::uint64_t events = 0;  ///< delivered
    DecodeCounters decoded;
};
class SharedReadCounters {
public:
    void set(const ReadCounters& counters) {
        const std::lock_guard lock(mutex_);
        counters_ = counters;
    }
    [[nodiscard]] ReadCounters get() const {
        const std::lock_guard lock(mutex_);
        return counters_;
    }

private:
    mutable std::mutex mutex_;
    ReadCounters counters_;
};

/// Read and decode a recording piece by piece. Where it is damaged, every event before the fault is delivered, then
/// DamagedRecording thrown.
PacketStream read_file(OpenedFile opened, std::shared_ptr<SharedReadCounters> counters);

/// The whole recording as one packet. Throws InvalidArgument where it spans more than 2^32 µs.
[[nodiscard]] Packet read_whole_file(OpenedFile opened);

/// A recording's undecoded bytes in packets of about packet_us, at most max_bytes. Throws FormatError for formats that
/// are no camera's wire format.
RawStream read_raw_file(OpenedFile opened, std::uint64_t packet_us, std::size_t max_bytes);

}  // namespace aestream
