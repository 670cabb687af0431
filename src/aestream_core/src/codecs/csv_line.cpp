#include "csv_line.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>

#include "text.hpp"

namespace aestream::csv {

namespace {

constexpr std::size_t longest_shown_bytes = 24;
constexpr std::string_view column_names = "txyp";
// NumPy's columns of times are signed.
constexpr std::uint64_t latest_us = std::numeric_limits<std::int64_t>::max();
constexpr std::uint32_t far_outside = 100'000'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

bool is_zeros(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c == '0'; });
}

bool equals_any_case(std::string_view text, std::string_view lower) {
    return std::ranges::equal(text, lower, {}, [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
}

/// The parts of a decimal number before and after its point. False where the text is none, or negative.
bool split_decimal(std::string_view text, std::string_view& whole, std::string_view& fraction, Fault::Why& why) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    const std::size_t point = std::min(text.find('.'), text.size());
    whole = text.substr(0, point);
    fraction = text.substr(std::min(point + 1, text.size()));
    const bool number = std::ranges::all_of(whole, is_digit) && std::ranges::all_of(fraction, is_digit) &&
                        whole.size() + fraction.size() > 0;
    if (!number) {
        why = Fault::Why::no_number;
    } else if (negative && !(is_zeros(whole) && is_zeros(fraction))) {
        why = Fault::Why::negative;
    } else {
        return true;
    }
    return false;
}

/// Append a digit; false where the number no longer fits.
bool append_digit(std::uint64_t& number, char digit) {
    const auto value = static_cast<std::uint64_t>(digit - '0');
    if (number > (latest_us - value) / 10) return false;
    number = number * 10 + value;
    return true;
}

bool parse_coordinate(std::string_view text, std::uint32_t& coordinate, Fault::Why& why) {
    std::string_view whole;
    std::string_view fraction;
    if (!split_decimal(text, whole, fraction, why)) return false;
    why = Fault::Why::no_number;
    if (!is_zeros(fraction)) return false;
    std::uint32_t number = 0;
    for (const char digit : whole)
        number = std::min(number * 10 + static_cast<std::uint32_t>(digit - '0'), far_outside);
    coordinate = number;
    return true;
}

bool parse_field(CsvColumn column, CsvTimeUnit unit, std::string_view text, LineEvent& event, Fault::Why& why) {
    why = Fault::Why::missing;
    if (text.empty()) return column == CsvColumn::other;
    switch (column) {
        case CsvColumn::t:
            return parse_time(text, unit, event.t_us, why);
        case CsvColumn::x:
            return parse_coordinate(text, event.x, why);
        case CsvColumn::y:
            return parse_coordinate(text, event.y, why);
        case CsvColumn::p:
            why = Fault::Why::no_polarity;
            return parse_polarity(text, event.on);
        case CsvColumn::other:
            return true;
    }
    return true;
}

/// Decimals of a unit that a µs has.
int places(CsvTimeUnit unit) {
    constexpr std::array by_unit{6, 3, 0, -3};
    return by_unit[static_cast<std::size_t>(unit)];
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

bool is_passed_over(std::string_view trimmed_line) {
    return trimmed_line.empty() || trimmed_line.front() == '#' || trimmed_line.front() == '%';
}

bool next_field(std::string_view& line, char separator, std::string_view& field) {
    if (line.data() == nullptr) return false;
    if (separator != ' ') {
        const std::size_t end = line.find(separator);
        field = trimmed(line.substr(0, end));
        line = end == std::string_view::npos ? std::string_view() : line.substr(end + 1);
        return true;
    }
    while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
    const auto end = static_cast<std::size_t>(std::ranges::find_if(line, is_blank) - line.begin());
    field = line.substr(0, end);
    line.remove_prefix(end);
    return !field.empty();
}

bool parse_time(std::string_view text, CsvTimeUnit unit, std::uint64_t& t_us, Fault::Why& why) {
    std::string_view whole;
    std::string_view fraction;
    if (!split_decimal(text, whole, fraction, why)) return false;
    why = Fault::Why::too_large;
    const std::ptrdiff_t kept = static_cast<std::ptrdiff_t>(whole.size()) + places(unit);
    const auto digit_at = [&](std::ptrdiff_t at) {
        const auto index = static_cast<std::size_t>(at);
        if (index < whole.size()) return whole[index];
        return index - whole.size() < fraction.size() ? fraction[index - whole.size()] : '0';
    };
    std::uint64_t number = 0;
    for (std::ptrdiff_t at = 0; at < kept; ++at) {
        if (!append_digit(number, digit_at(at))) return false;
    }
    // Whether to round up is decided by the first digit that is left out.
    const std::uint64_t up = kept >= 0 && digit_at(kept) >= '5' ? 1 : 0;
    t_us = number + up;
    return t_us <= latest_us;
}

bool parse_polarity(std::string_view text, bool& on) {
    const std::size_t point = text.find('.');
    if (point != std::string_view::npos && is_zeros(text.substr(point + 1))) text = text.substr(0, point);
    on = text == "1" || text == "+1" || equals_any_case(text, "true") || equals_any_case(text, "on");
    return on || text == "0" || text == "-1" || text == "-0" || equals_any_case(text, "false") ||
           equals_any_case(text, "off");
}

Found parse_line(const CsvLayout& layout, std::string_view line, LineEvent& event, Fault& fault) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || line.front() < '0') {
        if (is_passed_over(trimmed(line))) return Found::nothing;
    }
    for (std::size_t i = 0; i < layout.used_columns; ++i) {
        std::string_view field;
        if (!next_field(line, layout.separator, field)) {
            fault = {layout.columns[i], Fault::Why::missing, {}};
            return Found::fault;
        }
        if (parse_field(layout.columns[i], layout.time_unit, field, event, fault.why)) continue;
        fault.column = layout.columns[i];
        fault.text = field;
        return Found::fault;
    }
    return Found::event;
}

std::string quoted(std::string_view text, std::size_t most_bytes) {
    std::string shown = valid_utf8(text.substr(0, most_bytes));
    std::ranges::replace_if(shown, [](unsigned char c) { return c < ' '; }, '?');
    return std::string("'").append(shown).append(text.size() > most_bytes ? "...'" : "'");
}

std::string describe(const Fault& fault) {
    const std::string column(1, column_names[std::min<std::size_t>(static_cast<std::size_t>(fault.column), 3)]);
    const std::string shown = quoted(fault.text, longest_shown_bytes);
    switch (fault.why) {
        case Fault::Why::missing:
            return "there is no value for " + column;
        case Fault::Why::no_number:
            return shown + " is no number for " + column;
        case Fault::Why::negative:
            return shown + " is negative, which " + column + " cannot be";
        case Fault::Why::too_large:
            return shown + " is too large for " + column;
        case Fault::Why::no_polarity:
            return shown + " is no polarity; known: 0, 1, -1, true, false, on, off";
    }
    return {};
}

}  // namespace aestream::csv
