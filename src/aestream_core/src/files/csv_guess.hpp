// What the lines of a CSV file are, judged by its first ones and by what the caller says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "aestream_core/csv.hpp"
#include "aestream_core/event.hpp"
#include "aestream_core/format_options.hpp"

namespace aestream::csv {

inline constexpr std::size_t guessed_bytes = std::size_t{1} << 16U;

/// A file's layout, and where its events begin.
struct Dialect {
    CsvLayout layout;
    bool header = false;             ///< whether a line names the columns, or is left out as if it did
    std::optional<Sensor> sensor;    ///< as the header line or a line "width height" says it
    std::uint64_t data_begin = 0;    ///< byte of the first line of events
    std::uint64_t lines_before = 0;  ///< lines before it
};

extern const std::span<const FormatOption> read_options;

/// Judge a file by its head; `whole` says that the head is the whole file. What `given` says is not guessed. Throws
/// FormatError where the guess is not safe, InvalidArgument for impossible options.
[[nodiscard]] Dialect guess_dialect(std::string_view head, bool whole, const FormatOptions& given);

/// The names that options and details use: "t,x,y,p", "comma", "us".
[[nodiscard]] std::string columns_text(const CsvLayout& layout);
[[nodiscard]] std::string_view separator_name(char separator);
[[nodiscard]] std::string_view time_unit_name(CsvTimeUnit unit);

/// The values of options. They throw InvalidArgument for what is not allowed.
[[nodiscard]] char parse_separator(const FormatOption& option, std::string_view value);
[[nodiscard]] CsvTimeUnit parse_time_unit(const FormatOption& option, std::string_view value);

}  // namespace aestream::csv
