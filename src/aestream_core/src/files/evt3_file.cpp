#include <array>
#include <string>
#include <utility>

#include "aestream_core/errors.hpp"
#include "aestream_core/evt3.hpp"
#include "formats.hpp"
#include "raw_header.hpp"

namespace aestream {

namespace {

constexpr std::size_t longest_header_bytes = 1U << 16U;
constexpr std::array<std::string_view, 1> extensions{".raw"};

class Evt3Decoder final : public Decoder {
public:
    void decode(std::span<const std::byte> bytes, PacketWriter& writer) override { decode_evt3(state_, bytes, writer); }

    void finish(std::uint64_t at_byte, PacketWriter& /*writer*/) override {
        if (state_.half_word) throw DamagedRecording("it ends inside an EVT3 word", at_byte);
    }

    [[nodiscard]] DecodeCounters counters() const override {
        const Evt3Counters& seen = state_.counters;
        return {seen.outside_sensor, seen.triggers, seen.skipped_words, seen.unknown_words, 0, 0};
    }

private:
    Evt3State state_;
};

void check_encoding(const RawHeader& header, std::span<const std::byte> head) {
    if (header.size_bytes == 0) {
        throw FormatError("it is named like a Prophesee recording (.raw) but holds " + describe_content(head));
    }
    const std::string encoding = encoding_of(header);
    if (encoding.empty()) {
        throw FormatError("its header does not say the encoding of its events (no '% evt' and no '% format' line)");
    }
    if (encoding != "EVT3") {
        throw FormatError("its events are encoded as " + encoding + "; of .raw files only EVT3 is read for now");
    }
}

OpenedFormat open(const ByteFile& file, const OpenOptions& options) {
    const auto head = file.head(longest_header_bytes);
    const RawHeader header = parse_raw_header(head);
    check_encoding(header, head);
    const auto written_sensor = sensor_of(header);
    FileInfo info;
    info.format = evt3_format.name;
    info.sensor = options.sensor.value_or(written_sensor.value_or(assumed_sensor));
    info.sensor_assumed = !options.sensor && !written_sensor;
    info.size_bytes = file.size_bytes();
    info.data_begin = header.size_bytes;
    info.details = header.fields;
    return {std::move(info), std::make_unique<Evt3Decoder>()};
}

bool recognises(std::span<const std::byte> head) { return encoding_of(parse_raw_header(head)) == "EVT3"; }

RawStream frame(ByteStream bytes, Sensor sensor, std::uint64_t packet_us, std::size_t max_bytes) {
    return frame_evt3(std::move(bytes), {sensor, packet_us, max_bytes});
}

}  // namespace

const FileFormat evt3_format{.name = "evt3",
                             .description = "Prophesee RAW, EVT 3.0: 16-bit words, vectors of neighbouring pixels",
                             .extensions = extensions,
                             .recognises = &recognises,
                             .open = &open,
                             .frame = &frame};

}  // namespace aestream
