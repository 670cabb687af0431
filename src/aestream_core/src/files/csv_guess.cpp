#include "csv_guess.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "aestream_core/errors.hpp"
#include "codecs/csv_line.hpp"
#include "csv_columns.hpp"
#include "csv_names.hpp"

namespace aestream::csv {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::size_t longest_shown_bytes = 60;

struct Line {
    std::string_view text;  ///< without LF
    std::uint64_t at_byte;
    std::uint64_t lines_before;
};

/// The lines of a file's head: those that may hold events, and the comments before the first of them.
struct Head {
    std::vector<Line> lines;
    std::vector<std::string_view> comments;
    std::uint64_t line_count = 0;
};

using Fields = std::vector<std::string_view>;
using Names = std::vector<ColumnName>;

Head split_lines(std::string_view text, bool whole) {
    Head head;
    std::size_t at = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        if (end == text.size() && !whole && !head.lines.empty()) break;
        const std::string_view line = text.substr(at, end - at);
        if (!is_passed_over(trimmed(line))) {
            head.lines.push_back({line, at, head.line_count});
        } else if (head.lines.empty()) {
            head.comments.push_back(trimmed(line));
        }
        at = end + 1;
        ++head.line_count;
    }
    return head;
}

Fields split_fields(std::string_view line, char separator) {
    Fields fields;
    std::string_view field;
    line = trimmed(line);
    while (fields.size() < most_csv_columns && next_field(line, separator, field)) fields.push_back(field);
    return fields;
}

char guess_separator(std::string_view line) {
    for (const char separator : {';', ',', '\t'}) {
        if (trimmed(line).find(separator) != std::string_view::npos) return separator;
    }
    return ' ';
}

std::optional<std::uint16_t> to_side(std::string_view text) {
    std::uint16_t side = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), side);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
    if (side < 1 || side > max_sensor_side) return std::nullopt;
    return side;
}

/// The sensor size of a first line "width height", where the second one is longer.
std::optional<Sensor> size_line(const Head& head) {
    if (head.lines.size() < 2) return std::nullopt;
    const std::string_view first = head.lines[0].text;
    const std::string_view second = head.lines[1].text;
    const Fields fields = split_fields(first, guess_separator(first));
    if (fields.size() != 2 || split_fields(second, guess_separator(second)).size() < 4) return std::nullopt;
    const auto width = to_side(fields[0]);
    const auto height = to_side(fields[1]);
    if (!width || !height) return std::nullopt;
    return Sensor{*width, *height};
}

bool is_header(const Fields& fields) {
    return std::ranges::none_of(fields,
                                [](std::string_view field) {
                                    return !field.empty() && to_number(field) &&
                                           field.find_first_of("0123456789") != std::string_view::npos;
                                }) &&
           std::ranges::any_of(fields, [](std::string_view field) { return !to_number(field); });
}

Names parse_names(const Fields& fields) {
    Names names;
    for (const std::string_view field : fields) names.push_back(parse_column_name(field));
    return names;
}

std::size_t count_known(const Names& names) {
    std::size_t known = 0;
    for (const CsvColumn column : {CsvColumn::t, CsvColumn::x, CsvColumn::y, CsvColumn::p}) {
        known += std::ranges::count(names, column, &ColumnName::column) == 1 ? 1 : 0;
    }
    return known;
}

/// The names in a comment, as np.savetxt writes them.
Names names_in_comments(const Head& head) {
    for (const std::string_view comment : head.comments) {
        const std::string_view text = trimmed(comment.substr(std::min<std::size_t>(comment.size(), 1)));
        Names names = parse_names(split_fields(text, guess_separator(text)));
        if (count_known(names) == 4) return names;
    }
    return {};
}

[[noreturn]] void refuse(const Head& head, const std::string& what) {
    const std::string_view line = head.lines.empty() ? std::string_view() : trimmed(head.lines.front().text);
    throw FormatError(what + "; its first line is " + quoted(line, longest_shown_bytes) +
                      "; give the options columns (as t,x,y,p), separator, header and time_unit");
}

void set_columns(CsvLayout& layout, std::span<const CsvColumn> columns) {
    layout.columns.fill(CsvColumn::other);
    layout.used_columns = 0;
    for (std::size_t i = 0; i < columns.size() && i < most_csv_columns; ++i) {
        layout.columns[i] = columns[i];
        if (columns[i] != CsvColumn::other) layout.used_columns = i + 1;
    }
}

void set_named_columns(Dialect& dialect, const Names& names) {
    std::vector<CsvColumn> columns;
    std::uint16_t width = 0;
    std::uint16_t height = 0;
    for (const ColumnName& name : names) {
        columns.push_back(name.column);
        if (name.column == CsvColumn::x) width = name.side_px.value_or(0);
        if (name.column == CsvColumn::y) height = name.side_px.value_or(0);
    }
    set_columns(dialect.layout, columns);
    if (width > 0 && height > 0) dialect.sensor = Sensor{width, height};
}

std::vector<CsvColumn> parse_columns(std::string_view value) {
    Names names = parse_names(split_fields(value, ','));
    if (count_known(names) != 4) refuse_option(read_options[0], value);
    std::vector<CsvColumn> columns;
    for (const ColumnName& name : names) columns.push_back(name.column);
    return columns;
}

/// Collect the values of the columns at these places.
FourColumns values_of(std::span<const Line> lines, char separator, const std::array<std::size_t, 4>& places) {
    FourColumns columns;
    for (const Line& line : lines) {
        const Fields fields = split_fields(line.text, separator);
        std::array<std::optional<double>, 4> numbers;
        for (std::size_t i = 0; i < 4; ++i) {
            if (places[i] < fields.size()) numbers[i] = to_number(fields[places[i]]);
        }
        if (!std::ranges::all_of(numbers, [](const auto& number) { return number.has_value(); })) continue;
        for (std::size_t i = 0; i < 4; ++i) columns[i].add(fields[places[i]], *numbers[i]);
    }
    return columns;
}

/// The header line, or the comment that stands for one; empty where there is none.
Names find_names(Dialect& dialect, const Head& head, std::size_t& data_line, std::string_view header_option) {
    const bool last = data_line == head.lines.size();
    const Fields fields = last ? Fields{} : split_fields(head.lines[data_line].text, dialect.layout.separator);
    if (header_option != "yes" && header_option != "no" && header_option != "guessed") {
        refuse_option(read_options[2], header_option);
    }
    dialect.header = !last && (header_option == "yes" || (header_option == "guessed" && is_header(fields)));
    if (!dialect.header) return names_in_comments(head);
    ++data_line;
    return parse_names(fields);
}

void guess_columns(Dialect& dialect, const Head& head, std::span<const Line> lines, const Names& names) {
    const std::size_t known = count_known(names);
    if (known == 4) return set_named_columns(dialect, names);
    if (known > 0) refuse(head, "its header line does not name each of t, x, y and p once");
    if (lines.empty()) refuse(head, "it holds no line of events");
    std::string why;
    const auto order = judge_columns(values_of(lines, dialect.layout.separator, {0, 1, 2, 3}), why);
    if (!order) refuse(head, "cannot tell what its columns are: " + why);
    set_columns(dialect.layout, *order);
}

/// What is in the columns at the places that the layout says.
FourColumns values_in_place(const CsvLayout& layout, std::span<const Line> lines) {
    std::array<std::size_t, 4> places{};
    for (std::size_t i = 0; i < layout.used_columns; ++i) {
        if (layout.columns[i] != CsvColumn::other) places[static_cast<std::size_t>(layout.columns[i])] = i;
    }
    return values_of(lines, layout.separator, places);
}

/// A header that names the sensor's size is one of those, ours among them, that write whole µs unless they say so.
bool says_size(const Names& names) {
    return std::ranges::any_of(names, [](const ColumnName& name) { return name.side_px.has_value(); });
}

void set_time_unit(Dialect& dialect, const Head& head, const FourColumns& values, const Names& names,
                   const FormatOptions& given) {
    const auto named = std::ranges::find(names, CsvColumn::t, &ColumnName::column);
    const auto option = given.find("time_unit");
    dialect.layout.decimals = values.front().point;
    if (option != given.end()) {
        dialect.layout.time_unit = parse_time_unit(read_options[3], option->second);
    } else if (named != names.end() && named->time_unit) {
        dialect.layout.time_unit = *named->time_unit;
    } else if (says_size(names) && !values.front().point) {
        dialect.layout.time_unit = CsvTimeUnit::us;
    } else if (const auto judged = judge_time_unit(values.front())) {
        dialect.layout.time_unit = *judged;
    } else {
        refuse(head, "cannot tell the unit of its times");
    }
}

/// The first line that is an event, as the layout says; null where none is.
const Line* find_event(const CsvLayout& layout, std::span<const Line> lines) {
    LineEvent event;
    Fault fault;
    const auto found = std::ranges::find_if(
        lines, [&](const Line& line) { return parse_line(layout, line.text, event, fault) == Found::event; });
    return found == lines.end() ? nullptr : &*found;
}

/// Refuse a file none of whose lines is as was guessed or given.
[[noreturn]] void refuse_lines(const CsvLayout& layout, const Head& head, const Line& line) {
    LineEvent event;
    Fault fault;
    parse_line(layout, line.text, event, fault);
    refuse(head, "its lines cannot be read as " + columns_text(layout) + ": " + describe(fault));
}

/// See how most lines look.
void set_look(CsvLayout& layout, const Line& line) {
    layout.crlf = line.text.ends_with('\r');
    layout.columns_in_line = split_fields(line.text, layout.separator).size();
}

}  // namespace

Dialect guess_dialect(std::string_view text, bool whole, const FormatOptions& given) {
    Dialect dialect;
    const Head head = split_lines(text, whole);
    dialect.sensor = size_line(head);
    std::size_t data_line = dialect.sensor ? 1 : 0;
    const auto separator = given.find("separator");
    if (separator != given.end()) {
        dialect.layout.separator = parse_separator(read_options[1], separator->second);
    } else if (data_line < head.lines.size()) {
        dialect.layout.separator = guess_separator(head.lines[data_line].text);
    }
    const Names names = find_names(dialect, head, data_line, option_or(given, "header", "guessed"));
    const auto lines = std::span(head.lines).subspan(data_line);
    const auto columns = given.find("columns");
    if (columns != given.end()) {
        if (count_known(names) == 4) set_named_columns(dialect, names);
        set_columns(dialect.layout, parse_columns(columns->second));
    } else {
        guess_columns(dialect, head, lines, names);
    }
    set_time_unit(dialect, head, values_in_place(dialect.layout, lines), names, given);
    const Line* const event = find_event(dialect.layout, lines);
    if (event != nullptr) set_look(dialect.layout, *event);
    // A single line without an end was cut: the decoder says so.
    const bool cut = lines.size() == 1 && !text.ends_with('\n');
    if (event == nullptr && !lines.empty() && !cut) refuse_lines(dialect.layout, head, lines.front());
    dialect.data_begin = lines.empty() ? text.size() : lines.front().at_byte;
    dialect.lines_before = lines.empty() ? head.line_count : lines.front().lines_before;
    return dialect;
}

}  // namespace aestream::csv
