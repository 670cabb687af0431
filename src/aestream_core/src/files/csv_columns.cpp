#include "csv_columns.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "aestream_core/event.hpp"
#include "codecs/csv_line.hpp"

namespace aestream::csv {

namespace {

// Of lines that may be damaged, and of times that may be a little late.
constexpr std::size_t most_stray_share = 4;
constexpr std::size_t most_late_share = 20;

// A time since 1970 in seconds has 10 digits, in µs 16, in ns 19.
constexpr double most_seconds = 1e11;
constexpr double least_ns_since_1970 = 1e17;

bool nearly_all(std::size_t count, std::size_t of) { return (of - count) * most_stray_share <= of; }

/// The only index that is wanted; nothing where there are none or several.
template <typename Wanted>
std::optional<std::size_t> only(const FourColumns& columns, Wanted wanted) {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (!wanted(i)) continue;
        if (found) return std::nullopt;
        found = i;
    }
    return found;
}

std::optional<std::size_t> find_time(const FourColumns& columns, std::size_t polarity) {
    const auto is_time = [&](std::size_t i) { return i != polarity && columns[i].is_time() && columns[i].moves(); };
    if (const auto found = only(columns, is_time)) return found;
    return only(columns, [&](std::size_t i) {
        return is_time(i) && (columns[i].has_fractions() || columns[i].largest() > max_sensor_side);
    });
}

bool has_usual_order(const FourColumns& columns) {
    return columns[0].is_time() && columns[1].is_coordinate() && columns[2].is_coordinate() && columns[3].is_polarity();
}

}  // namespace

void ColumnValues::add(std::string_view text, double value) {
    bool on = false;
    values.push_back(value);
    polarities += parse_polarity(text, on) ? 1 : 0;
    coordinates += value >= 0 && value < max_sensor_side && value == std::floor(value) ? 1 : 0;
    point = point || text.find('.') != std::string_view::npos;
}

bool ColumnValues::is_time() const {
    std::size_t late = 0;
    for (std::size_t i = 1; i < values.size(); ++i) late += values[i] < values[i - 1] ? 1 : 0;
    return late <= std::max<std::size_t>(values.size() / most_late_share, values.size() > 4 ? 1 : 0);
}

bool ColumnValues::is_coordinate() const { return nearly_all(coordinates, values.size()); }
bool ColumnValues::is_polarity() const { return nearly_all(polarities, values.size()); }
bool ColumnValues::moves() const { return largest() > *std::ranges::min_element(values); }
double ColumnValues::largest() const { return *std::ranges::max_element(values); }

bool ColumnValues::has_fractions() const {
    return std::ranges::any_of(values, [](double value) { return value != std::floor(value); });
}

std::optional<double> to_number(std::string_view field) {
    bool on = false;
    double value = 0;
    const char* const end = field.data() + field.size();
    const auto result = std::from_chars(field.data(), end, value);
    if (result.ec == std::errc() && result.ptr == end && std::isfinite(value)) return value;
    if (parse_polarity(field, on)) return on ? 1 : 0;
    return std::nullopt;
}

std::optional<std::array<CsvColumn, 4>> judge_columns(const FourColumns& columns, std::string& why) {
    if (columns.front().values.empty()) {
        why = "no line has four numbers";
        return std::nullopt;
    }
    using enum CsvColumn;
    if (has_usual_order(columns)) return std::array{t, x, y, p};
    const auto polarity = only(columns, [&](std::size_t i) { return columns[i].is_polarity(); });
    if (!polarity) {
        why = "not exactly one of the first four has polarities";
        return std::nullopt;
    }
    const auto time = find_time(columns, *polarity);
    if (!time) {
        why = "not exactly one of the first four has times that ascend";
        return std::nullopt;
    }
    std::array<CsvColumn, 4> order{other, other, other, other};
    order[*polarity] = p;
    order[*time] = t;
    const auto first = static_cast<std::size_t>(std::ranges::find(order, other) - order.begin());
    order[first] = x;
    const auto second = static_cast<std::size_t>(std::ranges::find(order, other) - order.begin());
    order[second] = y;
    if (columns[first].is_coordinate() && columns[second].is_coordinate() &&
        columns[first].largest() >= columns[second].largest()) {
        return order;
    }
    why = "two of them may be x and y, or are not coordinates";
    return std::nullopt;
}

std::optional<CsvTimeUnit> judge_time_unit(const ColumnValues& times) {
    if (times.values.empty()) return CsvTimeUnit::us;
    // The one in the middle: a damaged line may hold any number.
    std::vector<double> sorted = times.values;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::ranges::nth_element(sorted, middle);
    if (!times.has_fractions()) return *middle < least_ns_since_1970 ? CsvTimeUnit::us : CsvTimeUnit::ns;
    if (*middle < most_seconds) return CsvTimeUnit::s;
    return std::nullopt;
}

}  // namespace aestream::csv
