// AEDAT4, the recordings of iniVation's tools: a header, compressed packets of several streams, and a table of them.
// The layout: docs.inivation.com, "AEDAT 4.0".
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aestream_core/event.hpp"
#include "aestream_core/packet_writer.hpp"

namespace aestream {

class Decompressor;

/// How a file's packets are compressed, by the number in its header.
enum class Aedat4Compression : std::uint8_t { none, lz4, lz4_high, zstd, zstd_high };

[[nodiscard]] std::string to_string(Aedat4Compression compression);

struct Aedat4Stream {
    std::int32_t id = 0;
    std::string type;    ///< EVTS, FRME, IMUS, TRIG, ...
    Sensor sensor;       ///< 0x0 where the header does not say
    std::string source;  ///< name of the camera
};

struct Aedat4Header {
    Aedat4Compression compression = Aedat4Compression::none;
    std::optional<std::uint64_t> table_at_byte;  ///< where packets end; nothing in unfinished files
    std::vector<Aedat4Stream> streams;
    std::uint64_t size_bytes = 0;  ///< where packets begin

    /// The first stream that holds events, or null.
    [[nodiscard]] const Aedat4Stream* event_stream() const;
};

/// Parse the beginning of a file; nothing where more bytes are needed. Throws FormatError where it is no AEDAT4 and
/// DamagedRecording where the header is broken.
[[nodiscard]] std::optional<Aedat4Header> parse_aedat4_header(std::span<const std::byte> file_start);

/// Everything a decoder remembers between two pieces of a file.
struct Aedat4State {
    explicit Aedat4State(Aedat4Header file_header);
    ~Aedat4State();

    Aedat4Header header;
    std::int32_t stream_id;        ///< whose events are decoded
    std::uint64_t record_at_byte;  ///< where in the file the current packet head or payload begins
    std::size_t wanted_bytes;      ///< size of that record
    bool in_payload = false;
    std::uint64_t skip_bytes = 0;    ///< left of another stream's payload
    std::vector<std::byte> pending;  ///< the part of the record that has come so far
    std::unique_ptr<Decompressor> decompressor;
    std::uint64_t outside_sensor = 0;   ///< events dropped because they lie outside the sensor
    std::uint64_t skipped_packets = 0;  ///< packets of other streams
};

/// Decode the bytes after the header, cut anywhere, into events; stops at the data table. Throws DamagedRecording.
void decode_aedat4(Aedat4State& state, std::span<const std::byte> bytes, PacketWriter& writer);

/// Throws DamagedRecording where a file that ends after at_byte bytes ends inside a packet or before its data table.
void finish_aedat4(const Aedat4State& state, std::uint64_t at_byte);

}  // namespace aestream
