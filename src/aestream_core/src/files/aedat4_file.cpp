#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "aestream_core/aedat4.hpp"
#include "aestream_core/errors.hpp"
#include "formats.hpp"

namespace aestream {

namespace {

constexpr std::size_t usual_header_bytes = 1U << 14U;
constexpr std::array<std::string_view, 1> extensions{".aedat4"};

class Aedat4Decoder final : public Decoder {
public:
    explicit Aedat4Decoder(Aedat4Header header) : state_(std::move(header)) {}

    void decode(std::span<const std::byte> bytes, PacketWriter& writer) override {
        decode_aedat4(state_, bytes, writer);
    }
    void finish(std::uint64_t at_byte, PacketWriter& /*writer*/) override { finish_aedat4(state_, at_byte); }
    [[nodiscard]] DecodeCounters counters() const override {
        return {state_.outside_sensor, 0, 0, 0, state_.skipped_packets, 0};
    }

private:
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

/// Streams that are in the file but not delivered, as "2 IMUS, 3 TRIG".
std::string other_streams(const Aedat4Header& header) {
    std::string names;
    for (const Aedat4Stream& stream : header.streams) {
        if (&stream == header.event_stream()) continue;
        names += (names.empty() ? "" : ", ") + std::to_string(stream.id) + " " + stream.type;
    }
    return names;
}

std::map<std::string, std::string> details_of(const Aedat4Header& header, const Aedat4Stream& events) {
    return {{"camera", events.source},
            {"compression", to_string(header.compression)},
            {"stream", std::to_string(events.id)},
            {"other_streams", other_streams(header)},
            {"finished", header.table_at_byte ? "yes" : "no"}};
}

bool recognises(std::span<const std::byte> head) { return starts_with(head, "#!AER-DAT4.0"); }

OpenedFormat open(const ByteFile& file, const OpenOptions& options) {
    Aedat4Header header = read_header(file);
    const Aedat4Stream* const events = header.event_stream();
    if (events == nullptr) {
        const std::string others = other_streams(header);
        throw FormatError("it holds no event stream (EVTS); its streams are: " + (others.empty() ? "none" : others));
    }
    const bool sensor_written = events->sensor.width > 0 && events->sensor.height > 0;
    FileInfo info;
    info.format = aedat4_format.name;
    info.sensor = options.sensor.value_or(sensor_written ? events->sensor : assumed_sensor);
    info.sensor_assumed = !options.sensor && !sensor_written;
    info.size_bytes = file.size_bytes();
    info.data_begin = header.size_bytes;
    info.details = details_of(header, *events);
    return {std::move(info), std::make_unique<Aedat4Decoder>(std::move(header))};
}

}  // namespace

const FileFormat aedat4_format{
    .name = "aedat4",
    .description = "iniVation AEDAT 4.0: compressed packets of events, frames, IMU, triggers",
    .extensions = extensions,
    .recognises = &recognises,
    .open = &open};

}  // namespace aestream
