// One line of a CSV file, read carefully: any layout, and words for what is wrong with it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aestream_core/csv.hpp"

namespace aestream::csv {

struct LineEvent {
    std::uint64_t t_us = 0;
    std::uint32_t x = 0;  ///< may lie outside any sensor
    std::uint32_t y = 0;
    bool on = false;
};

enum class Found : std::uint8_t { event, nothing, fault };

/// Why a line cannot be read.
struct Fault {
    enum class Why : std::uint8_t { missing, no_number, negative, too_large, no_polarity };
    CsvColumn column = CsvColumn::t;
    Why why = Why::missing;
    std::string_view text;  ///< of the field, in the line
};

/// Cut the next field off the line; false where there is none.
bool next_field(std::string_view& line, char separator, std::string_view& field);

/// Without blanks, tabs and CR at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// Whether a line holds no event on purpose: it is empty or a comment.
[[nodiscard]] bool is_passed_over(std::string_view trimmed_line);

/// A decimal number as µs, rounded half up. False where it is none that fits; why says what it is instead.
bool parse_time(std::string_view text, CsvTimeUnit unit, std::uint64_t& t_us, Fault::Why& why);

/// 0 or -1, false, off; 1, true, on.
bool parse_polarity(std::string_view text, bool& on);

/// Read a line, without its LF.
Found parse_line(const CsvLayout& layout, std::string_view line, LineEvent& event, Fault& fault);

/// Text out of a file for a message of one line: 'abc', or its first bytes.
[[nodiscard]] std::string quoted(std::string_view text, std::size_t most_bytes);

/// "'abc' is no number for x"
[[nodiscard]] std::string describe(const Fault& fault);

}  // namespace aestream::csv
