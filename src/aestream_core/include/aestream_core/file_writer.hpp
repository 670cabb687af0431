// Packets into a file, through the format's encoder.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "aestream_core/byte_sink.hpp"
#include "aestream_core/encoder.hpp"

namespace aestream {

/// What was written.
struct WriteCounters {
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;
    std::uint64_t lost_base_us = 0;  ///< sensor time that the file's time 0 stands for, where the file does not say it
};

/// Writes one file. The file exists, and holds what was written so far, from the start; close() completes it.
class FileWriter {
public:
    /// Create the file, or replace what is there. Throws InvalidArgument.
    FileWriter(std::string path, std::string_view format, const EncodeOptions& options);
    /// Leaves the file as far as it came, without what completes it.
    ~FileWriter();
    FileWriter(const FileWriter&) = delete;
    FileWriter& operator=(const FileWriter&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string_view format() const { return format_; }

    /// Write one packet. Throws InvalidArgument where the format cannot hold an event, Error where the disk is full.
    void write(const Packet& packet);

    /// Hand what is buffered to the operating system.
    void flush();

    /// Complete the file. A second call does nothing.
    void close();

    [[nodiscard]] WriteCounters counters() const;

private:
    void begin(std::uint64_t first_us);
    void write_all(std::uint64_t at_byte, std::span<const std::byte> bytes);

    std::string path_;
    std::string_view format_;
    Sensor sensor_;
    std::unique_ptr<Encoder> encoder_;
    int descriptor_ = -1;
    bool began_ = false;
    ByteSink sink_;
    std::uint64_t written_bytes_ = 0;
    std::uint64_t events_ = 0;
};

}  // namespace aestream
