// AEDAT4, the recordings of iniVation's tools: a header, compressed packets of several streams, and a table of them.
// The layout: docs.inivation.com, "AEDAT 4.0".
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aestream_core/byte_sink.hpp"
#include "aestream_core/decoder.hpp"
#include "aestream_core/event.hpp"
#include "aestream_core/packet.hpp"
#include "aestream_core/packet_writer.hpp"
#include "aestream_core/side_records.hpp"

namespace aestream {

class Compressor;
class DecompressAhead;
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

    /// The stream that holds events and has that number, or the first one that holds any; null where there is none.
    [[nodiscard]] const Aedat4Stream* event_stream(std::optional<std::int32_t> id = {}) const;
};

/// Parse the beginning of a file; nothing where more bytes are needed. Throws FormatError where it is no AEDAT4 and
/// DamagedRecording where the header is broken.
[[nodiscard]] std::optional<Aedat4Header> parse_aedat4_header(std::span<const std::byte> file_start);

/// What of a file is decoded, and how.
struct Aedat4Options {
    std::optional<std::int32_t> stream_id{};  ///< whose events; the first stream of events where it is not given
    bool skip_errors = false;                 ///< leave out packets that are broken inside
    unsigned threads = 1;                     ///< cores to decompress on; of more than 32 the rest is not used
    std::shared_ptr<SideRecords> side = {};   ///< takes triggers, IMU samples and frames; null where nobody wants them
};

/// Everything a decoder remembers between two pieces of a file.
struct Aedat4State {
    /// Throws FormatError where the header lists no stream of events, or not that one.
    explicit Aedat4State(Aedat4Header file_header, Aedat4Options with = {});
    ~Aedat4State();

    Aedat4Header header;
    Aedat4Options options;
    std::int32_t stream_id;                 ///< whose events are decoded
    std::uint64_t record_at_byte;           ///< where in the file the current packet head or payload begins
    std::size_t wanted_bytes;               ///< size of that record
    const Aedat4Stream* payload = nullptr;  ///< whose payload the record is; null for a head
    std::uint64_t skip_bytes = 0;           ///< left of another stream's payload
    std::vector<std::byte> pending;         ///< the part of the record that has come so far
    std::unique_ptr<Decompressor> decompressor;
    std::unique_ptr<DecompressAhead> ahead;  ///< null where one core decodes
    DecodeCounters counters;
};

/// Decode the bytes after the header, cut anywhere, into events; stops at the data table. Throws DamagedRecording.
void decode_aedat4(Aedat4State& state, std::span<const std::byte> bytes, PacketWriter& writer);

/// Throws DamagedRecording where a file that ends after at_byte bytes ends inside a packet or before its data table.
void finish_aedat4(const Aedat4State& state, std::uint64_t at_byte);

/// Make a decoder ready for the bytes from at_byte on, where a packet's head begins.
void start_aedat4_at(Aedat4State& state, std::uint64_t at_byte);

/// The state as bytes, and back; false where the bytes are none.
[[nodiscard]] std::string save_aedat4(const Aedat4State& state);
[[nodiscard]] bool restore_aedat4(Aedat4State& state, std::string_view saved);

/// One packet of the data table at the end of a file.
struct Aedat4TableEntry {
    std::uint64_t at_byte;  ///< where its head begins
    std::int32_t stream_id;
    std::int32_t size_bytes;  ///< of its payload
    std::int64_t elements;
    std::int64_t first_us;
    std::int64_t last_us;
};

/// Read the data table from its bytes, compressed as the header says. Throws BadFlatbuffer and BadCompression.
[[nodiscard]] std::vector<Aedat4TableEntry> parse_aedat4_table(const Aedat4Header& header,
                                                               std::span<const std::byte> bytes);

/// The table's bytes, not compressed.
[[nodiscard]] std::vector<std::byte> build_aedat4_table(std::span<const Aedat4TableEntry> entries);

/// What a file is written with.
struct Aedat4Layout {
    Sensor sensor;
    Aedat4Compression compression = Aedat4Compression::lz4;
    std::size_t packet_events = 8192;
    std::string source = "AEStream";  ///< name of the camera
};

/// The beginning of a file with one stream of events, and where in it the position of the data table belongs.
struct Aedat4FileStart {
    std::vector<std::byte> bytes;
    std::uint64_t table_position_at_byte;
};
[[nodiscard]] Aedat4FileStart build_aedat4_header(const Aedat4Layout& layout);

/// Everything an encoder remembers between two packets.
struct Aedat4EncodeState {
    explicit Aedat4EncodeState(Aedat4Layout with);
    ~Aedat4EncodeState();

    Aedat4Layout layout;
    std::uint64_t table_position_at_byte = 0;
    std::vector<Aedat4TableEntry> table;
    std::unique_ptr<Compressor> compressor;
    std::vector<std::byte> scratch;  ///< one packet before compression
};

/// Write the header, one packet of events, the table. Throws InvalidArgument where a time does not fit 63 bits.
void begin_aedat4(Aedat4EncodeState& state, ByteSink& out);
void encode_aedat4(Aedat4EncodeState& state, const Packet& packet, ByteSink& out);
void finish_aedat4(Aedat4EncodeState& state, ByteSink& out);

}  // namespace aestream
