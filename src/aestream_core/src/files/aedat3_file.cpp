#include "aestream_core/aedat3.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "aedat_header.hpp"
#include "aestream_core/errors.hpp"
#include "formats.hpp"
#include "sensor_guess.hpp"

namespace aestream {

namespace {

constexpr std::array<std::string_view, 1> extensions{".aedat"};
constexpr std::size_t sampled_bytes = std::size_t{1} << 22U;

class Aedat3Decoder final : public Decoder {
public:
    Aedat3Decoder(const Aedat3State& state, std::shared_ptr<SideRecords> side) : side_(std::move(side)) {
        decoding_.state = state;
    }
    void decode(std::span<const std::byte> bytes, PacketWriter& writer) override {
        decode_aedat3(decoding_, bytes, writer, side_.get());
    }
    void finish(std::uint64_t at_byte, PacketWriter& /*writer*/) override {
        const Aedat3State& state = decoding_.state;
        if (state.packet_bytes > 0 || state.partial_bytes > 0)
            throw DamagedRecording("it ends inside a packet", at_byte);
    }
    [[nodiscard]] DecodeCounters counters() const override {
        const Aedat3State& seen = decoding_.state;
        return {seen.outside_sensor, seen.triggers, seen.invalid, 0, seen.skipped_packets, seen.damaged};
    }
    /// Not inside a frame that somebody wants: its pixels are no part of the state.
    [[nodiscard]] std::optional<std::string> save() const override {
        return decoding_.frame.empty() ? std::optional(to_saved(decoding_.state)) : std::nullopt;
    }
    [[nodiscard]] bool restore(std::string_view saved) override {
        Aedat3State state;
        if (!from_saved(saved, state) || !is_possible(state)) return false;
        if (state.from_bottom != decoding_.state.from_bottom) return false;
        state.skip_errors = decoding_.state.skip_errors;
        decoding_ = {state, {}};
        return true;
    }

private:
    Aedat3Decoding decoding_;
    std::shared_ptr<SideRecords> side_;
};

void check_header(const AedatHeader& header, const ByteFile& file) {
    if (header.version != "3.1" && header.version != "3.0") {
        throw FormatError("it is read as AEDAT 3 but holds " + describe_content(file.head(64)));
    }
    const auto format = header.fields.find("Format");
    if (format != header.fields.end() && format->second != "RAW") {
        throw FormatError("its packets are stored as " + format->second + "; of AEDAT 3 only RAW is read");
    }
    if (header.version == "3.1" && !header.ended) {
        throw DamagedRecording("it ends inside its header: no line #!END-HEADER", header.size_bytes);
    }
}

const AedatCamera* named_camera(const AedatHeader& header) {
    for (const auto& [key, value] : header.fields) {
        if (!key.starts_with("Source ")) continue;
        if (const AedatCamera* const camera = find_aedat_camera(value)) return camera;
    }
    return nullptr;
}

/// By the events of the file's first few megabytes.
Sensor guess_sensor(const ByteFile& file, std::uint64_t data_begin) {
    Aedat3Decoding decoding;
    PacketWriter writer({max_sensor_side, max_sensor_side});
    try {
        decode_aedat3(decoding, file.piece(data_begin, sampled_bytes), writer, nullptr);
    } catch (const DamagedRecording&) {
        // Whoever reads the events is told; what was decoded up to there is a sample as well.
    }
    writer.cut();
    std::uint16_t x_max = 0;
    std::uint16_t y_max = 0;
    for (const Packet& packet : writer.ready) {
        for (const Event& event : packet.events()) {
            x_max = std::max(x_max, event.x);
            y_max = std::max(y_max, event.y());
        }
    }
    return writer.ready.empty() ? assumed_sensor : smallest_usual_sensor(std::max<std::uint16_t>(x_max, 127), y_max);
}

bool recognises(std::span<const std::byte> head) { return aedat_version(head).starts_with("3."); }

OpenedFormat open(const ByteFile& file, const OpenOptions& options) {
    const AedatHeader header = read_aedat_header(file);
    check_header(header, file);
    const AedatCamera* const camera = named_camera(header);
    FileInfo info;
    info.format = aedat3_format.name;
    if (options.sensor) {
        info.sensor = *options.sensor;
    } else {
        info.sensor = camera != nullptr ? camera->sensor : guess_sensor(file, header.size_bytes);
        info.sensor_assumed = camera == nullptr;
    }
    info.size_bytes = file.size_bytes();
    info.data_begin = header.size_bytes;
    info.details = aedat_details(header);
    info.details["version"] = header.version;
    Aedat3State state;
    state.from_bottom = header.version == "3.0";
    state.skip_errors = options.skip_errors;
    state.at_byte = header.size_bytes;
    return {std::move(info), std::make_unique<Aedat3Decoder>(state, options.side)};
}

}  // namespace

const FileFormat aedat3_format{.name = "aedat3",
                               .description = "AEDAT 3.0 and 3.1 of cAER: packets of events, frames, IMU, triggers",
                               .extensions = extensions,
                               .recognises = &recognises,
                               .open = &open};

}  // namespace aestream
