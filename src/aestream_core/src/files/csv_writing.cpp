#include "csv_writing.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "aestream_core/csv.hpp"
#include "csv_guess.hpp"

namespace aestream {

namespace {

// Programs that expect a header take the first line for one, and lose an event without a word where it is none.
constexpr std::array<FormatOption, 4> options_table{{
    {"columns", "order of the columns", "t, x, y and p in any order, as x,y,p,t", "t,x,y,p"},
    {"separator", "what is between columns", "comma, semicolon, tab or blank", "comma"},
    {"header", "the first line", "yes (t,x@WIDTH,y@HEIGHT,p), names (t,x,y,p) or no", "yes"},
    {"time_unit", "unit of the times", "s, ms, us or ns", "us"},
}};
const FormatOption& columns_option = options_table[0];
const FormatOption& separator_option = options_table[1];
const FormatOption& header_option = options_table[2];
const FormatOption& time_unit_option = options_table[3];

enum class Header : std::uint8_t { none, names, sizes };

Header parse_header(std::string_view value) {
    if (value == "no") return Header::none;
    if (value == "names") return Header::names;
    if (value == "yes") return Header::sizes;
    refuse_option(header_option, value);
}

std::array<CsvColumn, 4> parse_order(std::string_view value) {
    constexpr std::string_view known = "txyp";
    std::array<CsvColumn, 4> order{};
    std::string letters;
    for (std::size_t i = 0; i < value.size(); i += 2) letters += value[i];
    const bool commas = value.size() == 7 && value[1] == ',' && value[3] == ',' && value[5] == ',';
    if (!commas || !std::ranges::is_permutation(letters, known)) refuse_option(columns_option, value);
    std::ranges::transform(letters, order.begin(), [&](char c) { return static_cast<CsvColumn>(known.find(c)); });
    return order;
}

std::string header_line(const CsvStyle& style, Header header, Sensor sensor) {
    const bool sizes = header == Header::sizes;
    // Named where readers, ours included, could take the times for µs.
    const std::string time =
        style.time_unit == CsvTimeUnit::us ? "t" : "t_" + std::string(csv::time_unit_name(style.time_unit));
    const std::array<std::string, 4> names{time, sizes ? "x@" + std::to_string(sensor.width) : "x",
                                           sizes ? "y@" + std::to_string(sensor.height) : "y", "p"};
    std::string line;
    for (const CsvColumn column : style.columns) {
        line += (line.empty() ? "" : std::string(1, style.separator)) + names[static_cast<std::size_t>(column)];
    }
    return line + "\n";
}

class CsvEncoder final : public Encoder {
public:
    CsvEncoder(const CsvStyle& style, Header header, Sensor sensor) : style_(style), header_(header), sensor_(sensor) {}

    void begin(std::uint64_t /*first_us*/, ByteSink& out) override {
        if (header_ != Header::none) out.append(header_line(style_, header_, sensor_));
    }

    void encode(const Packet& packet, ByteSink& out) override {
        std::byte* const place = out.reserve(csv_bound(packet.size()));
        out.advance_to(place + encode_csv(style_, packet, place));
    }

    void finish(ByteSink& /*out*/) override {}

private:
    CsvStyle style_;
    Header header_;
    Sensor sensor_;
};

}  // namespace

constinit const std::span<const FormatOption> csv_write_options = options_table;

std::unique_ptr<Encoder> make_csv_encoder(const EncodeOptions& options) {
    const auto value = [&](const FormatOption& option) {
        return option_or(options.values, option.name, option.fallback);
    };
    CsvStyle style;
    style.columns = parse_order(value(columns_option));
    style.separator = csv::parse_separator(separator_option, value(separator_option));
    style.time_unit = csv::parse_time_unit(time_unit_option, value(time_unit_option));
    return std::make_unique<CsvEncoder>(style, parse_header(value(header_option)), options.sensor);
}

}  // namespace aestream
