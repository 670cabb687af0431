// Which column is which, judged by the values in them.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aestream_core/csv.hpp"

namespace aestream::csv {

/// The values of one column, from lines that have values in all columns that are looked at.
struct ColumnValues {
    std::vector<double> values;
    std::size_t polarities = 0;   ///< how many may be polarities
    std::size_t coordinates = 0;  ///< how many may be coordinates
    bool point = false;           ///< whether a value has a decimal point

    void add(std::string_view text, double value);
    [[nodiscard]] bool is_time() const;
    [[nodiscard]] bool is_coordinate() const;
    [[nodiscard]] bool is_polarity() const;
    [[nodiscard]] bool moves() const;
    [[nodiscard]] bool has_fractions() const;
    [[nodiscard]] double largest() const;
};

using FourColumns = std::array<ColumnValues, 4>;

/// A field as a number; polarity words count as 0 and 1.
[[nodiscard]] std::optional<double> to_number(std::string_view field);

/// What the columns are; nothing where that is not safe to say, and then why.
[[nodiscard]] std::optional<std::array<CsvColumn, 4>> judge_columns(const FourColumns& columns, std::string& why);

/// The unit of a column of times; nothing where that is not safe to say.
[[nodiscard]] std::optional<CsvTimeUnit> judge_time_unit(const ColumnValues& times);

}  // namespace aestream::csv
