// Events as text, one line an event: decoding and encoding. There is no standard; CsvLayout says what a file's lines
// are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "aestream_core/packet.hpp"
#include "aestream_core/packet_writer.hpp"

namespace aestream {

enum class CsvColumn : std::uint8_t { t, x, y, p, other };
enum class CsvTimeUnit : std::uint8_t { s, ms, us, ns };

/// Longest line, without its end, that a decoder takes; what is longer is damage.
inline constexpr std::size_t longest_csv_line_bytes = 4096;
inline constexpr std::size_t most_csv_columns = 16;

/// What the lines of a file look like.
struct CsvLayout {
    std::array<CsvColumn, most_csv_columns> columns{CsvColumn::t, CsvColumn::x, CsvColumn::y, CsvColumn::p};
    std::size_t used_columns = 4;  ///< up to the last of t, x, y, p; lines may have more
    char separator = ',';          ///< ' ' is any run of blanks and tabs
    CsvTimeUnit time_unit = CsvTimeUnit::us;

    // How most lines look, for speed alone: lines that look otherwise are read as well, more slowly.
    std::size_t columns_in_line = 4;
    bool decimals = false;  ///< whether times have a decimal point
    bool crlf = false;      ///< whether lines end with CR LF
};

/// Everything a decoder remembers between two pieces of a file.
struct CsvState {
    explicit CsvState(const CsvLayout& lines) : layout(lines) {}

    CsvLayout layout;
    bool skip_errors = false;          ///< count lines that cannot be read rather than throw
    std::uint64_t line_at_byte = 0;    ///< where in the file the next line begins; set it to where the data begins
    std::uint64_t lines_before = 0;    ///< lines of the file before it
    std::uint64_t outside_sensor = 0;  ///< events dropped because they lie outside the sensor
    std::uint64_t damaged = 0;         ///< lines skipped because they could not be read
    bool inside_long_line = false;     ///< whether the next bytes still belong to a line that is too long
    std::size_t part_bytes = 0;        ///< how much there is of a line whose end has not come yet
    std::array<char, longest_csv_line_bytes> part{};
};

/// Decode bytes, cut anywhere, into events. Times are rounded to µs, halves up, without floating-point error. Lines
/// that are empty or begin with '#' or '%' are passed over. Throws DamagedRecording with the line's number and place.
void decode_csv(CsvState& state, std::span<const std::byte> bytes, PacketWriter& writer);

/// Take the last line, where no line end closed it. Throws DamagedRecording where it is incomplete.
void finish_csv(CsvState& state, std::uint64_t at_byte, PacketWriter& writer);

/// What an encoder writes.
struct CsvStyle {
    std::array<CsvColumn, 4> columns{CsvColumn::t, CsvColumn::x, CsvColumn::y, CsvColumn::p};
    char separator = ',';
    CsvTimeUnit time_unit = CsvTimeUnit::us;  ///< s has six decimals, ms three: times are exact
};

/// Most bytes that encode_csv writes for that many events.
[[nodiscard]] constexpr std::size_t csv_bound(std::size_t events) {
    // Time 24, x and y 5 each, polarity, four separators or line ends; what is stored beyond the last line is 16.
    return events * 40 + 16;
}

/// Write a packet's events as lines that end with LF, polarity 1 for brighter and 0 for darker. Returns the bytes
/// written, at most csv_bound(packet.size()); the room for that many must be there.
std::size_t encode_csv(const CsvStyle& style, const Packet& packet, std::byte* out);

}  // namespace aestream
