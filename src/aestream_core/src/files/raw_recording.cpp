#include "raw_recording.hpp"

#include <algorithm>
#include <string>

#include "aestream_core/errors.hpp"
#include "formats.hpp"

namespace aestream {

namespace {

constexpr std::size_t longest_header_bytes = 1U << 16U;

struct EncodingOfRow {
    std::string_view encoding;  ///< as headers say it
    std::string_view format;    ///< name of the row
};
constexpr std::array encodings{
    EncodingOfRow{"EVT2", "evt2"},
    EncodingOfRow{"EVT21", "evt21"},
    EncodingOfRow{"EVT2.1", "evt21"},
    EncodingOfRow{"EVT3", "evt3"},
};

/// Name of the row that reads an encoding; empty where none does.
std::string_view format_of(std::string_view encoding) {
    const auto found = std::ranges::find(encodings, encoding, &EncodingOfRow::encoding);
    return found == encodings.end() ? std::string_view() : found->format;
}

void check_encoding(const RawHeader& header, std::span<const std::byte> head, std::string_view format,
                    bool format_given) {
    const std::string encoding = encoding_of(header);
    if (encoding.empty() && format_given) return;
    if (header.size_bytes == 0) {
        throw FormatError("it is named like a Prophesee recording (.raw) but holds " + describe_content(head));
    }
    if (encoding.empty()) {
        throw FormatError(
            "its header does not say the encoding of its events (no '% evt' and no '% format' line); "
            "name the format: evt2, evt21 or evt3");
    }
    const std::string_view right_format = format_of(encoding);
    if (right_format == format) return;
    throw FormatError("its events are encoded as " + encoding + ", " +
                      (right_format.empty()
                           ? "of .raw files EVT2, EVT2.1 and EVT3 are read"
                           : "which format " + std::string(right_format) + " reads, not " + std::string(format)));
}

}  // namespace

OpenedRaw open_raw_recording(const ByteFile& file, const OpenOptions& options, std::string_view format) {
    const auto head = file.head(longest_header_bytes);
    OpenedRaw opened{parse_raw_header(head), {}, 0};
    check_encoding(opened.header, head, format, options.format_given);
    opened.t0_us = t0_us_of(opened.header);
    const auto written_sensor = sensor_of(opened.header);
    FileInfo& info = opened.info;
    info.format = format;
    info.sensor = options.sensor.value_or(written_sensor.value_or(assumed_sensor));
    info.sensor_assumed = !options.sensor && !written_sensor;
    info.size_bytes = file.size_bytes();
    info.data_begin = opened.header.size_bytes;
    info.details = opened.header.fields;
    return opened;
}

bool is_raw_recording(std::span<const std::byte> head, std::string_view format) {
    return format_of(encoding_of(parse_raw_header(head))) == format;
}

void put_raw_header(ByteSink& out, const RawEncodingNames& names, Sensor sensor, std::uint64_t t0_us) {
    const std::string width = std::to_string(sensor.width);
    const std::string height = std::to_string(sensor.height);
    out.append("% evt " + std::string(names.version) + "\n");
    out.append("% format " + std::string(names.format) + ";height=" + height + ";width=" + width + "\n");
    out.append("% geometry " + width + "x" + height + "\n");
    if (t0_us > 0) out.append("% t0_us " + std::to_string(t0_us) + "\n");
    out.append("% end\n");
}

}  // namespace aestream
