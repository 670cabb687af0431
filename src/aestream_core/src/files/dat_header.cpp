#include "dat_header.hpp"

#include <algorithm>
#include <array>

#include "aestream_core/dat.hpp"
#include "aestream_core/errors.hpp"
#include "codecs/dat_records.hpp"
#include "formats.hpp"
#include "raw_header.hpp"
#include "sensor_guess.hpp"

namespace aestream {

namespace {

constexpr std::size_t longest_header_bytes = 1U << 16U;
constexpr std::size_t type_bytes = 2;
constexpr unsigned cd_type = 0x0c;
constexpr unsigned older_cd_type = 0x00;  // "2d" events, with the same layout
constexpr std::size_t sampled_pieces = 64;
constexpr std::size_t piece_records = 1024;

bool is_event_type(unsigned type, unsigned size) {
    return (type == cd_type || type == older_cd_type) && size == dat_record_bytes;
}

unsigned byte_at(std::span<const std::byte> head, std::size_t at) { return std::to_integer<unsigned>(head[at]); }

void check_type(unsigned type, unsigned size) {
    if (is_event_type(type, size)) return;
    throw FormatError("its records are of type " + std::to_string(type) + " and " + std::to_string(size) +
                      " bytes; of .dat files events are read: type 12 or 0, 8 bytes");
}

struct Corner {
    std::uint16_t x = 0;
    std::uint16_t y = 0;
};

void widen(Corner& corner, std::span<const std::byte> records) {
    for (; records.size() >= dat_record_bytes; records = records.subspan(dat_record_bytes)) {
        const std::uint64_t record = dat::load_record(records.data());
        corner.x = std::max(corner.x, static_cast<std::uint16_t>(record >> dat::x_shift & dat::coordinate_mask));
        corner.y = std::max(corner.y, static_cast<std::uint16_t>(record >> dat::y_shift & dat::coordinate_mask));
    }
}

}  // namespace

DatHeader read_dat_header(const ByteFile& file) {
    const auto head = file.head(longest_header_bytes);
    const RawHeader text = parse_raw_header(head);
    if (text.size_bytes == 0) {
        throw FormatError("it is named like a Prophesee DAT recording but holds " + describe_content(head));
    }
    if (head.size() < text.size_bytes + type_bytes) throw DamagedRecording("it ends inside its header", head.size());
    check_type(byte_at(head, text.size_bytes), byte_at(head, text.size_bytes + 1));
    return {text.fields, sensor_of(text), t0_us_of(text), text.size_bytes + type_bytes};
}

bool is_dat(std::span<const std::byte> head) {
    const RawHeader text = parse_raw_header(head);
    if (text.size_bytes == 0 || head.size() < text.size_bytes + type_bytes || !encoding_of(text).empty()) return false;
    return is_event_type(byte_at(head, text.size_bytes), byte_at(head, text.size_bytes + 1));
}

Sensor guess_dat_sensor(const ByteFile& file, std::uint64_t data_begin) {
    const std::uint64_t records = (file.size_bytes() - std::min(data_begin, file.size_bytes())) / dat_record_bytes;
    const std::uint64_t step = std::max<std::uint64_t>(records / sampled_pieces, piece_records);
    Corner corner;
    for (std::uint64_t at = 0; at < records; at += step) {
        widen(corner, file.piece(data_begin + at * dat_record_bytes, piece_records * dat_record_bytes));
    }
    return smallest_usual_sensor(corner.x, corner.y);
}

void put_dat_header(ByteSink& out, Sensor sensor, std::uint64_t t0_us) {
    out.append("% Data file containing CD events.\n% Version 2\n");
    out.append("% Height " + std::to_string(sensor.height) + "\n% Width " + std::to_string(sensor.width) + "\n");
    if (t0_us > 0) out.append("% t0_us " + std::to_string(t0_us) + "\n");
    constexpr std::array type{std::byte{cd_type}, std::byte{dat_record_bytes}};
    out.append(type);
}

}  // namespace aestream
