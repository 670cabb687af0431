// Recordings: what a file is, and its events or undecoded bytes as a stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "aestream_core/decoder.hpp"
#include "aestream_core/encoder.hpp"
#include "aestream_core/format_options.hpp"
#include "aestream_core/raw_packet.hpp"
#include "aestream_core/side_records.hpp"
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

/// How to open a recording.
struct OpenOptions {
    std::optional<Sensor> sensor;  ///< in place of what the file says
    FormatOptions values;          ///< options of the format; names are checked against its table
    bool format_given = false;     ///< whether the caller named the format, so that no header has to
    bool skip_errors = false;      ///< go on behind damage where that is possible, and end quietly where not
    unsigned threads = 1;          ///< cores to decode on, for formats of independent blocks
    /// Map the file into memory rather than copy out of it: faster, but a file that somebody cuts short meanwhile ends
    /// the process.
    bool memory_map = false;
    std::shared_ptr<SideRecords> side;  ///< where triggers, IMU samples and frames go; null where nobody wants them
    std::stop_token stop{};             ///< ends the waiting for a pipe
};

/// A format's own part of an opened recording.
struct OpenedFormat {
    FileInfo info;
    std::unique_ptr<Decoder> decoder;  ///< takes the bytes from info.data_begin on
};

/// One row of the format table: everything that is known of a file format lies behind it.
struct FileFormat {
    std::string_view name;
    std::string_view description;                  ///< one line for people
    std::span<const std::string_view> extensions;  ///< lower case, with the dot
    /// Whether a file that begins with these bytes (up to 64 KiB of it) is of this format, beyond doubt. Decides
    /// between formats that share an extension, and for files without a known one.
    bool (*recognises)(std::span<const std::byte> head);
    /// Read the header and make a decoder. Throws FormatError where the content is something else.
    OpenedFormat (*open)(const ByteFile& file, const OpenOptions& options);
    /// Cut the undecoded bytes into packets; null for formats whose undecoded bytes nobody takes.
    RawStream (*frame)(ByteStream bytes, const FileInfo& info, std::uint64_t packet_us,
                       std::size_t max_bytes) = nullptr;
    /// Null for formats that are only read.
    std::unique_ptr<Encoder> (*make_encoder)(const EncodeOptions& options) = nullptr;
    /// A byte from which on the decoder, which this call makes ready, gives every event at or after start_us. Null for
    /// formats that an index must be made for.
    std::uint64_t (*seek)(const ByteFile& file, const FileInfo& info, Decoder& decoder,
                          std::uint64_t start_us) = nullptr;
    std::span<const FormatOption> read_options{};
    std::span<const FormatOption> write_options{};
};

[[nodiscard]] std::span<const FileFormat> file_formats();

/// A recording whose header was read; pass it on to one of the readers below.
struct OpenedFile {
    std::unique_ptr<ByteFile> file;
    const FileFormat* format = nullptr;
    FileInfo info;
    std::unique_ptr<Decoder> decoder;
    bool skip_errors = false;
    bool memory_map = false;

    OpenedFile();
    OpenedFile(OpenedFile&&) noexcept;
    OpenedFile& operator=(OpenedFile&&) noexcept;
    ~OpenedFile();
};

/// Open a recording. Its extension names the format, and where several share it or it is unknown, its content does;
/// `format` names it where both fail. Throws InvalidArgument (no such file, unknown extension or option), FormatError,
/// DamagedRecording (the header is cut).
[[nodiscard]] OpenedFile open_file(const std::string& path, const OpenOptions& options, std::string_view format = {});

/// The same for the bytes of a file that are in memory; `name` is for messages and has the extension.
[[nodiscard]] OpenedFile open_bytes(std::string name, std::vector<std::byte> bytes, const OpenOptions& options,
                                    std::string_view format = {});

/// Name of the format that open_file would choose; empty where it knows none. Throws InvalidArgument (no such file).
[[nodiscard]] std::string recognise(const std::string& path);

/// The format that a file of that name is written in. Throws InvalidArgument.
[[nodiscard]] const FileFormat& format_to_write(const std::string& path, std::string_view format = {});

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

/// Which part of a recording is wanted: events with start_us <= time < stop_us.
struct TimeRange {
    std::uint64_t start_us = 0;
    std::uint64_t stop_us = UINT64_MAX;
    [[nodiscard]] bool whole() const { return start_us == 0 && stop_us == UINT64_MAX; }
};

/// Read and decode a recording piece by piece. Where it is damaged, every event before the fault is delivered, then
/// DamagedRecording thrown.
PacketStream read_file(OpenedFile opened, std::shared_ptr<SharedReadCounters> counters, TimeRange range = {});

/// The recording, or the part of it, as one packet. Throws InvalidArgument where that spans more than 2^32 µs.
[[nodiscard]] Packet read_whole_file(OpenedFile opened, TimeRange range = {});

/// A recording's undecoded bytes in packets of about packet_us, at most max_bytes. Throws FormatError for formats that
/// have no `frame`.
RawStream read_raw_file(OpenedFile opened, std::uint64_t packet_us, std::size_t max_bytes);

}  // namespace aestream
