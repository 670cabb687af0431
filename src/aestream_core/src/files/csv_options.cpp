// The names and values of the options that reading and writing CSV share.
#include <algorithm>
#include <array>
#include <string>

#include "csv_guess.hpp"

namespace aestream::csv {

namespace {

struct Separator {
    std::string_view name;
    char separator;
};
constexpr std::array separators{Separator{"comma", ','}, Separator{"semicolon", ';'}, Separator{"tab", '\t'},
                                Separator{"blank", ' '}};
constexpr std::array<std::string_view, 4> units{"s", "ms", "us", "ns"};

constexpr std::array<FormatOption, 4> options{{
    {"columns", "what the columns are, in order", "t, x, y and p in any order, _ for a column to pass over: t,x,y,p",
     "as the header line says, else guessed"},
    {"separator", "what is between columns", "comma, semicolon, tab or blank (any number of them)", "guessed"},
    {"header", "whether the first line names the columns", "yes or no", "guessed"},
    {"time_unit", "unit of the times", "s, ms, us or ns", "as the header line says, else guessed"},
}};

}  // namespace

constinit const std::span<const FormatOption> read_options = options;

std::string columns_text(const CsvLayout& layout) {
    std::string text;
    for (std::size_t i = 0; i < layout.used_columns; ++i) {
        if (i > 0) text += ',';
        text += "txyp_"[static_cast<std::size_t>(layout.columns[i])];
    }
    return text;
}

std::string_view separator_name(char separator) {
    return std::ranges::find(separators, separator, &Separator::separator)->name;
}

std::string_view time_unit_name(CsvTimeUnit unit) { return units[static_cast<std::size_t>(unit)]; }

char parse_separator(const FormatOption& option, std::string_view value) {
    for (const Separator& known : separators) {
        if (value == known.name || value == std::string_view(&known.separator, 1)) return known.separator;
    }
    refuse_option(option, value);
}

CsvTimeUnit parse_time_unit(const FormatOption& option, std::string_view value) {
    const auto found = std::ranges::find(units, value);
    if (found == units.end()) refuse_option(option, value);
    return static_cast<CsvTimeUnit>(found - units.begin());
}

}  // namespace aestream::csv
