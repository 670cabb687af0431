#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "aestream_core/csv.hpp"
#include "aestream_core/errors.hpp"
#include "byte_file.hpp"
#include "csv_guess.hpp"
#include "csv_writing.hpp"
#include "formats.hpp"
#include "sensor_guess.hpp"

namespace aestream {

namespace {

using namespace csv;

constexpr std::array<std::string_view, 2> extensions{".csv", ".txt"};
constexpr std::size_t sampled_pieces = 16;
constexpr std::size_t sampled_bytes = std::size_t{1} << 16U;

/// What a saved state begins with; the part of a line follows.
struct SavedCsv {
    std::uint64_t line_at_byte;
    std::uint64_t lines_before;
    std::uint64_t inside_long_line;
};

class CsvDecoder final : public Decoder {
public:
    explicit CsvDecoder(CsvState state) : state_(std::move(state)) {}

    void decode(std::span<const std::byte> bytes, PacketWriter& writer) override { decode_csv(state_, bytes, writer); }
    void finish(std::uint64_t at_byte, PacketWriter& writer) override { finish_csv(state_, at_byte, writer); }
    [[nodiscard]] DecodeCounters counters() const override {
        DecodeCounters counters;
        counters.outside_sensor = state_.outside_sensor;
        counters.damaged = state_.damaged;
        return counters;
    }
    [[nodiscard]] std::optional<std::string> save() const override {
        const SavedCsv fixed{state_.line_at_byte, state_.lines_before, state_.inside_long_line ? 1U : 0U};
        return to_saved(fixed).append(state_.part.data(), state_.part_bytes);
    }
    [[nodiscard]] bool restore(std::string_view saved) override {
        SavedCsv fixed{};
        if (saved.size() > sizeof(fixed) + state_.part.size()) return false;
        if (!from_saved(saved.substr(0, sizeof(fixed)), fixed)) return false;
        state_.line_at_byte = fixed.line_at_byte;
        state_.lines_before = fixed.lines_before;
        state_.inside_long_line = fixed.inside_long_line != 0;
        state_.part_bytes = saved.size() - sizeof(fixed);
        std::ranges::copy(saved.substr(sizeof(fixed)), state_.part.begin());
        return true;
    }

private:
    CsvState state_;
};

std::string_view as_text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool is_text(std::string_view head) {
    return std::ranges::none_of(head, [](unsigned char c) { return c < ' ' && c != '\t' && c != '\r' && c != '\n'; });
}

/// The largest coordinates in a piece of the file that begins anywhere.
void widen(const ByteFile& file, const Dialect& dialect, std::uint64_t at_byte, std::uint16_t& x, std::uint16_t& y) {
    const auto piece = file.piece(at_byte, sampled_bytes);
    std::span<const std::byte> lines(piece);
    if (at_byte != dialect.data_begin) {
        const std::size_t line_end = as_text(lines).find('\n');
        lines = lines.subspan(std::min(line_end, lines.size()));
    }
    CsvState state(dialect.layout);
    state.skip_errors = true;
    PacketWriter writer({max_sensor_side, max_sensor_side});
    decode_csv(state, lines, writer);
    if (at_byte + piece.size() >= file.size_bytes()) finish_csv(state, file.size_bytes(), writer);
    writer.cut();
    for (const Packet& packet : writer.ready) {
        for (const Event& event : packet.events()) {
            x = std::max(x, event.x);
            y = std::max(y, event.y());
        }
    }
}

Sensor guess_sensor(const ByteFile& file, const Dialect& dialect) {
    std::uint16_t x = 0;
    std::uint16_t y = 0;
    const std::uint64_t size_bytes = file.size_bytes() - std::min(file.size_bytes(), dialect.data_begin);
    const std::uint64_t step = std::max<std::uint64_t>(size_bytes / sampled_pieces, sampled_bytes);
    for (std::uint64_t at = 0; at < size_bytes; at += step) widen(file, dialect, dialect.data_begin + at, x, y);
    return smallest_usual_sensor(x, y);
}

Sensor sensor_of(const ByteFile& file, const Dialect& dialect, const OpenOptions& options) {
    if (options.sensor) return *options.sensor;
    return dialect.sensor ? *dialect.sensor : guess_sensor(file, dialect);
}

Dialect find_dialect(const ByteFile& file, const OpenOptions& options) {
    const auto head = file.head(guessed_bytes);
    if (!is_text(as_text(head).substr(0, longest_csv_line_bytes))) {
        throw FormatError("it is named like text but holds " + describe_content(head));
    }
    return guess_dialect(as_text(head), head.size() >= file.size_bytes(), options.values);
}

OpenedFormat open(const ByteFile& file, const OpenOptions& options) {
    const Dialect dialect = find_dialect(file, options);
    CsvState state(dialect.layout);
    state.skip_errors = options.skip_errors;
    state.line_at_byte = dialect.data_begin;
    state.lines_before = dialect.lines_before;
    FileInfo info;
    info.format = csv_format.name;
    info.sensor = sensor_of(file, dialect, options);
    info.sensor_assumed = !options.sensor && !dialect.sensor;
    info.size_bytes = file.size_bytes();
    info.data_begin = dialect.data_begin;
    info.details = {{"columns", columns_text(dialect.layout)},
                    {"separator", std::string(separator_name(dialect.layout.separator))},
                    {"header", dialect.header ? "yes" : "no"},
                    {"time_unit", std::string(time_unit_name(dialect.layout.time_unit))}};
    return {std::move(info), std::make_unique<CsvDecoder>(std::move(state))};
}

bool recognises(std::span<const std::byte> head) {
    if (!is_text(as_text(head))) return false;
    try {
        return guess_dialect(as_text(head), head.size() < guessed_bytes, {}).layout.used_columns > 0;
    } catch (const FormatError&) {
        return false;
    }
}

}  // namespace

const FileFormat csv_format{.name = "csv",
                            .description = "text, one line an event: time, x, y, polarity in any order",
                            .extensions = extensions,
                            .recognises = &recognises,
                            .open = &open,
                            .make_encoder = &make_csv_encoder,
                            .read_options = read_options,
                            .write_options = csv_write_options};

}  // namespace aestream
