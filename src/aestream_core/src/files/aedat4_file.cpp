#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include "aedat4_writing.hpp"
#include "aestream_core/aedat4.hpp"
#include "aestream_core/errors.hpp"
#include "formats.hpp"

namespace aestream {

namespace {

constexpr std::size_t usual_header_bytes = 1U << 14U;
constexpr std::array<std::string_view, 1> extensions{".aedat4"};

constexpr FormatOption stream_option{.name = "stream",
                                     .description = "number of the event stream, where a file has several",
                                     .allowed = "a number that the header gives to a stream of type EVTS",
                                     .fallback = "the first"};
constexpr std::array read_options{stream_option};

class Aedat4Decoder final : public Decoder {
public:
    Aedat4Decoder(Aedat4Header header, Aedat4Options options) : state_(std::move(header), std::move(options)) {}

    void decode(std::span<const std::byte> bytes, PacketWriter& writer) override {
        decode_aedat4(state_, bytes, writer);
    }
    void finish(std::uint64_t at_byte, PacketWriter& /*writer*/) override { finish_aedat4(state_, at_byte); }
    [[nodiscard]] DecodeCounters counters() const override { return state_.counters; }
    [[nodiscard]] std::optional<std::string> save() const override { return save_aedat4(state_); }
    [[nodiscard]] bool restore(std::string_view saved) override { return restore_aedat4(state_, saved); }
    // Several packets, so that few are cut, and few enough that their events still fit the cache.
    [[nodiscard]] std::size_t chunk_bytes() const override {
        if (state_.ahead) return state_.options.threads * chunk_bytes_per_thread;
        return state_.header.compression == Aedat4Compression::none ? uncompressed_chunk_bytes : compressed_chunk_bytes;
    }

    [[nodiscard]] Aedat4State& state() { return state_; }

private:
    static constexpr std::size_t uncompressed_chunk_bytes = std::size_t{1} << 20U;
    static constexpr std::size_t compressed_chunk_bytes = std::size_t{3} << 17U;
    static constexpr std::size_t chunk_bytes_per_thread = std::size_t{1} << 19U;
    Aedat4State state_;
};

/// Read as much as the header needs.
Aedat4Header read_header(const ByteFile& file) {
    for (std::size_t most_bytes = usual_header_bytes;; most_bytes *= 2) {
        const auto head = file.head(most_bytes);
        constexpr std::string_view start = "#!AER-DAT4.0";
        const std::string_view text(reinterpret_cast<const char*>(head.data()), std::min(head.size(), start.size()));
        if (text != start.substr(0, text.size())) {
            throw FormatError("it is named like an AEDAT4 recording but holds " + describe_content(head));
        }
        if (auto header = parse_aedat4_header(head)) return *std::move(header);
        if (head.size() < most_bytes) throw DamagedRecording("it ends inside its header", head.size());
    }
}

/// Streams as "2 IMUS, 3 TRIG", without the one that is read.
std::string list_streams(const Aedat4Header& header, const Aedat4Stream* without) {
    std::string names;
    for (const Aedat4Stream& stream : header.streams) {
        if (&stream == without) continue;
        names += (names.empty() ? "" : ", ") + std::to_string(stream.id) + " " + stream.type;
    }
    return names.empty() ? "none" : names;
}

std::optional<std::int32_t> wanted_stream(const OpenOptions& options) {
    const std::string text = option_or(options.values, stream_option.name, "");
    if (text.empty()) return std::nullopt;
    std::int32_t id = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), id);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size()) refuse_option(stream_option, text);
    return id;
}

/// Throws where the header lists none such, and says what it does list.
const Aedat4Stream& stream_to_read(const Aedat4Header& header, std::optional<std::int32_t> id) {
    if (const Aedat4Stream* const events = header.event_stream(id)) return *events;
    const std::string streams = "; its streams are: " + list_streams(header, nullptr);
    if (!id) throw FormatError("it holds no event stream (EVTS)" + streams);
    throw FormatError("it holds no event stream (EVTS) number " + std::to_string(*id) + streams);
}

std::map<std::string, std::string> details_of(const Aedat4Header& header, const Aedat4Stream& events) {
    return {{"camera", events.source},
            {"compression", to_string(header.compression)},
            {"stream", std::to_string(events.id)},
            {"other_streams", header.streams.size() > 1 ? list_streams(header, &events) : ""},
            {"finished", header.table_at_byte ? "yes" : "no"}};
}

bool recognises(std::span<const std::byte> head) { return starts_with(head, "#!AER-DAT4.0"); }

OpenedFormat open(const ByteFile& file, const OpenOptions& options) {
    Aedat4Header header = read_header(file);
    const std::optional<std::int32_t> id = wanted_stream(options);
    const Aedat4Stream& events = stream_to_read(header, id);
    const bool sensor_written = events.sensor.width > 0 && events.sensor.height > 0;
    FileInfo info;
    info.format = aedat4_format.name;
    info.sensor = options.sensor.value_or(sensor_written ? events.sensor : assumed_sensor);
    info.sensor_assumed = !options.sensor && !sensor_written;
    info.size_bytes = file.size_bytes();
    info.data_begin = header.size_bytes;
    info.details = details_of(header, events);
    Aedat4Options decode_options{id, options.skip_errors, options.threads, options.side};
    return {std::move(info), std::make_unique<Aedat4Decoder>(std::move(header), std::move(decode_options))};
}

// A table of a billion packets; what claims to be longer is none.
constexpr std::uint64_t largest_table_bytes = std::uint64_t{1} << 28U;

std::vector<Aedat4TableEntry> read_table(const ByteFile& file, const Aedat4Header& header) {
    const std::uint64_t at_byte = header.table_at_byte.value_or(file.size_bytes());
    if (at_byte >= file.size_bytes() || file.size_bytes() - at_byte > largest_table_bytes) return {};
    try {
        return parse_aedat4_table(header, file.piece(at_byte, file.size_bytes() - at_byte));
    } catch (const std::runtime_error&) {
        return {};  // the packets can be read without it
    }
}

/// Whether a packet's head lies where the table says.
bool is_true(const Aedat4TableEntry& entry, const ByteFile& file, const Aedat4Header& header) {
    if (entry.at_byte < header.size_bytes || entry.at_byte >= *header.table_at_byte) return false;
    const auto head = file.piece(entry.at_byte, sizeof(entry.stream_id) + sizeof(entry.size_bytes));
    std::int32_t said[2] = {entry.stream_id, entry.size_bytes};
    return head.size() == sizeof(said) && std::memcmp(head.data(), said, sizeof(said)) == 0;
}

std::uint64_t seek(const ByteFile& file, const FileInfo& info, Decoder& decoder, std::uint64_t start_us) {
    Aedat4State& state = dynamic_cast<Aedat4Decoder&>(decoder).state();
    const std::vector<Aedat4TableEntry> table = read_table(file, state.header);
    const Aedat4TableEntry* first = nullptr;
    for (const Aedat4TableEntry& entry : table) {
        const bool wanted = entry.stream_id == state.stream_id &&
                            entry.last_us >= static_cast<std::int64_t>(std::min<std::uint64_t>(start_us, INT64_MAX));
        if (wanted && (first == nullptr || entry.at_byte < first->at_byte)) first = &entry;
    }
    if (table.empty() || !is_true(first == nullptr ? table.back() : *first, file, state.header)) return info.data_begin;
    const std::uint64_t at_byte = first == nullptr ? *state.header.table_at_byte : first->at_byte;
    start_aedat4_at(state, at_byte);
    return at_byte;
}

}  // namespace

const FileFormat aedat4_format{
    .name = "aedat4",
    .description = "iniVation AEDAT 4.0: compressed packets of events, frames, IMU, triggers",
    .extensions = extensions,
    .recognises = &recognises,
    .open = &open,
    .make_encoder = &make_aedat4_encoder,
    .seek = &seek,
    .read_options = read_options,
    .write_options = aedat4_write_options};

}  // namespace aestream
