// The names that header lines give to columns.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "aestream_core/csv.hpp"

namespace aestream::csv {

struct ColumnName {
    CsvColumn column = CsvColumn::other;
    std::optional<std::uint16_t> side_px;  ///< "x@640": width or height
    std::optional<CsvTimeUnit> time_unit;  ///< "t_us", "time [s]"
};

/// Read one name of a header line; `other` for a name that is not known.
[[nodiscard]] ColumnName parse_column_name(std::string_view name);

}  // namespace aestream::csv
