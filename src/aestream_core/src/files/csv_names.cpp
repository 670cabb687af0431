#include "csv_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string>

#include "aestream_core/event.hpp"

namespace aestream::csv {

namespace {

struct KnownName {
    std::string_view name;
    CsvColumn column;
};
constexpr std::array known_names{
    KnownName{"t", CsvColumn::t},          KnownName{"ts", CsvColumn::t},        KnownName{"time", CsvColumn::t},
    KnownName{"times", CsvColumn::t},      KnownName{"timestamp", CsvColumn::t}, KnownName{"timestamps", CsvColumn::t},
    KnownName{"x", CsvColumn::x},          KnownName{"y", CsvColumn::y},         KnownName{"p", CsvColumn::p},
    KnownName{"on", CsvColumn::p},         KnownName{"pol", CsvColumn::p},       KnownName{"polarity", CsvColumn::p},
    KnownName{"polarities", CsvColumn::p},
};

struct KnownUnit {
    std::string_view name;
    CsvTimeUnit unit;
};
constexpr std::array known_units{
    KnownUnit{"s", CsvTimeUnit::s},   KnownUnit{"sec", CsvTimeUnit::s},        KnownUnit{"seconds", CsvTimeUnit::s},
    KnownUnit{"ms", CsvTimeUnit::ms}, KnownUnit{"us", CsvTimeUnit::us},        KnownUnit{"usec", CsvTimeUnit::us},
    KnownUnit{"ns", CsvTimeUnit::ns}, KnownUnit{"\xc2\xb5s", CsvTimeUnit::us},
};

bool is_letter(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) > 127;
}

/// In lower case and without quotation marks.
std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    std::erase_if(result, [](char c) { return c == '"' || c == '\''; });
    return result;
}

std::optional<std::uint16_t> parse_side(std::string_view text) {
    std::uint16_t side = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), side);
    const bool whole = result.ec == std::errc() && result.ptr == text.data() + text.size();
    if (!whole || side < 1 || side > max_sensor_side) return std::nullopt;
    return side;
}

std::optional<CsvTimeUnit> parse_unit(std::string_view text) {
    while (!text.empty() && !is_letter(text.front())) text.remove_prefix(1);
    while (!text.empty() && !is_letter(text.back())) text.remove_suffix(1);
    const auto found = std::ranges::find(known_units, text, &KnownUnit::name);
    if (found == known_units.end()) return std::nullopt;
    return found->unit;
}

}  // namespace

ColumnName parse_column_name(std::string_view name) {
    const std::string text = lower(name);
    const auto end = static_cast<std::size_t>(std::ranges::find_if_not(text, is_letter) - text.begin());
    const std::string_view word = std::string_view(text).substr(0, end);
    const std::string_view rest = std::string_view(text).substr(end);
    const auto found = std::ranges::find(known_names, word, &KnownName::name);
    if (found == known_names.end()) return {};
    if (rest.empty()) return {found->column, std::nullopt, std::nullopt};
    const auto side = rest.front() == '@' ? parse_side(rest.substr(1)) : std::nullopt;
    const bool coordinate = found->column == CsvColumn::x || found->column == CsvColumn::y;
    if (coordinate && side) return {found->column, side, std::nullopt};
    const auto unit = parse_unit(rest);
    if (found->column == CsvColumn::t && unit) return {CsvColumn::t, std::nullopt, unit};
    return {};
}

}  // namespace aestream::csv
