#include <array>
#include <string>
#include <utility>

#include "aestream_core/errors.hpp"
#include "aestream_core/es.hpp"
#include "formats.hpp"

namespace aestream {

namespace {

constexpr std::array<std::string_view, 1> extensions{".es"};
constexpr std::array<std::string_view, 5> kind_names{"generic", "dvs", "atis", "display", "color"};
constexpr std::uint8_t read_version = 2;

// The first event's time is spelt out in overflow bytes up to here (half a megabyte); files of later times count from
// their first event.
constexpr std::uint64_t latest_kept_start_us = 60'000'000;

class EsDecoder final : public Decoder {
public:
    explicit EsDecoder(EsKind kind) { state_.kind = kind; }

    void decode(std::span<const std::byte> bytes, PacketWriter& writer) override { decode_es(state_, bytes, writer); }

    void finish(std::uint64_t at_byte, PacketWriter& /*writer*/) override {
        if (state_.partial_bytes > 0) throw DamagedRecording("it ends inside an event", at_byte);
    }

    [[nodiscard]] DecodeCounters counters() const override {
        DecodeCounters counters;
        counters.outside_sensor = state_.outside_sensor;
        counters.skipped_packets = state_.exposure_records;
        return counters;
    }

    [[nodiscard]] std::optional<std::string> save() const override { return to_saved(state_); }
    [[nodiscard]] bool restore(std::string_view saved) override {
        EsState state;
        if (!from_saved(saved, state) || state.kind != state_.kind || !is_possible(state)) return false;
        state_ = state;
        return true;
    }

private:
    EsState state_;
};

class EsEncoder final : public Encoder {
public:
    explicit EsEncoder(Sensor sensor) : sensor_(sensor) {}

    void begin(std::uint64_t first_us, ByteSink& out) override {
        if (first_us > latest_kept_start_us) base_us_ = first_us;
        state_.t_us = base_us_;
        put_es_header(sensor_, out);
    }
    void encode(const Packet& packet, ByteSink& out) override { encode_es(state_, packet, sensor_, out); }
    void finish(ByteSink& /*out*/) override {}
    [[nodiscard]] std::uint64_t lost_base_us() const override { return base_us_; }

private:
    Sensor sensor_;
    std::uint64_t base_us_ = 0;
    EsEncodeState state_;
};

std::string kind_name(EsKind kind) {
    const auto index = static_cast<std::size_t>(kind);
    return index < kind_names.size() ? std::string(kind_names.at(index)) : "unknown (" + std::to_string(index) + ")";
}

EsHeader read_header(const ByteFile& file) {
    const auto head = file.head(es_header_bytes);
    const auto header = parse_es_header(head);
    if (header) return *header;
    if (starts_with(head, "Event Stream")) throw DamagedRecording("it ends inside its header", head.size());
    throw FormatError("it is named like an Event Stream recording (.es) but holds " + describe_content(head));
}

void check_header(const EsHeader& header) {
    if (header.version[0] != read_version) {
        throw FormatError("it is of Event Stream version " + std::to_string(header.version[0]) + "." +
                          std::to_string(header.version[1]) + "; version 2 is read");
    }
    if (header.kind == EsKind::generic) {
        throw FormatError(
            "it is an Event Stream of generic events: bytes without coordinates, which are no pixel events");
    }
    if (header.size_bytes < es_header_bytes) {
        throw FormatError("it is an Event Stream of kind " + kind_name(header.kind) + "; dvs, atis and color are read");
    }
}

Sensor sensor_of(const EsHeader& header, const OpenOptions& options) {
    if (options.sensor) return *options.sensor;
    const auto possible = [](std::uint16_t side) { return side >= 1 && side <= max_sensor_side; };
    if (possible(header.sensor.width) && possible(header.sensor.height)) return header.sensor;
    throw FormatError("its header says a sensor of " + std::to_string(header.sensor.width) + "x" +
                      std::to_string(header.sensor.height) +
                      " pixels; sides of 1 to 32767 are possible: give its size");
}

std::map<std::string, std::string> details_of(const EsHeader& header) {
    std::map<std::string, std::string> details{
        {"kind", kind_name(header.kind)},
        {"version", std::to_string(header.version[0]) + "." + std::to_string(header.version[1]) + "." +
                        std::to_string(header.version[2])}};
    if (header.kind == EsKind::color) details["polarity"] = "none: colour events are given as ON events";
    if (header.kind == EsKind::atis) details["exposures"] = "left out, counted as skipped_packets";
    return details;
}

bool recognises(std::span<const std::byte> head) { return starts_with(head, "Event Stream"); }

OpenedFormat open(const ByteFile& file, const OpenOptions& options) {
    const EsHeader header = read_header(file);
    check_header(header);
    FileInfo info;
    info.format = es_format.name;
    info.sensor = sensor_of(header, options);
    info.size_bytes = file.size_bytes();
    info.data_begin = header.size_bytes;
    info.details = details_of(header);
    return {std::move(info), std::make_unique<EsDecoder>(header.kind)};
}

std::unique_ptr<Encoder> make_encoder(const EncodeOptions& options) {
    return std::make_unique<EsEncoder>(options.sensor);
}

}  // namespace

const FileFormat es_format{.name = "es",
                           .description = "Event Stream 2: differences of time, 5 bytes an event; DVS, ATIS and colour",
                           .extensions = extensions,
                           .recognises = &recognises,
                           .open = &open,
                           .make_encoder = &make_encoder};

}  // namespace aestream
