#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "aestream_core/csv.hpp"
#include "aestream_core/errors.hpp"
#include "aestream_core/multiversion.hpp"
#include "csv_line.hpp"
#include "csv_marks.hpp"
#include "csv_quick.hpp"

namespace aestream {

namespace {

using namespace csv;

// A piece and its marks stay in the first-level cache; the longest line fits.
constexpr std::size_t piece_bytes = 8192;
static_assert(piece_bytes > longest_csv_line_bytes && piece_bytes < UINT16_MAX);
constexpr std::size_t least_line_bytes = 8;  // "0,0,0,0\n"
constexpr std::size_t quick_reach_bytes = 8;

/// Count or throw what is wrong with the line that the state stands at.
void take_damage(CsvState& state, std::uint64_t at_byte, const std::string& what) {
    if (!state.skip_errors) {
        throw DamagedRecording("line " + std::to_string(state.lines_before + 1) + ": " + what, at_byte);
    }
    ++state.damaged;
}

void take_event(CsvState& state, const LineEvent& event, PacketWriter& writer) {
    const Sensor sensor = writer.sensor();
    if (event.x >= sensor.width || event.y >= sensor.height) {
        ++state.outside_sensor;
        return;
    }
    writer.reserve(1);
    writer.put(writer.at(event.t_us), static_cast<std::uint16_t>(event.x),
               Event::pack(static_cast<std::uint16_t>(event.y), event.on));
}

/// Read one whole line carefully, without its LF. The state comes to stand behind it.
void take_line(CsvState& state, std::string_view line, PacketWriter& writer) {
    LineEvent event;
    Fault fault;
    const bool too_long = line.size() > longest_csv_line_bytes;
    const Found found = too_long ? Found::fault : parse_line(state.layout, line, event, fault);
    if (found == Found::event) take_event(state, event, writer);
    if (found == Found::fault) {
        take_damage(
            state, state.line_at_byte,
            too_long ? "it is longer than " + std::to_string(longest_csv_line_bytes) + " bytes" : describe(fault));
    }
    state.line_at_byte += line.size() + 1;
    ++state.lines_before;
}

/// Read the whole lines of a piece; returns the bytes that they take.
template <QuickTime time>
std::size_t take_lines(CsvState& state, const QuickPlan& plan, std::string_view piece, std::size_t readable_bytes,
                       PacketWriter& writer) {
    std::array<std::uint16_t, 1 + piece_bytes + mark_slack> places;
    places[0] = 0;
    const std::uint16_t* mark = places.data() + 1;
    const std::uint16_t* const end = mark + find_marks(piece.data(), piece.size(), places.data() + 1);
    const std::uint64_t at_byte = state.line_at_byte;
    const Sensor sensor = writer.sensor();
    writer.reserve(piece.size() / least_line_bytes + 1);
    LeadingDigits leading;
    std::uint64_t quick_lines = 0;
    const auto catch_up = [&] {
        state.line_at_byte = at_byte + mark[-1];
        state.lines_before += std::exchange(quick_lines, 0);
    };
    while (mark < end) {
        QuickEvent event;
        const bool in_reach = static_cast<std::size_t>(end - mark) >= plan.marks &&
                              mark[static_cast<std::ptrdiff_t>(plan.marks) - 1] + quick_reach_bytes <= readable_bytes;
        if (plan.possible && in_reach && quick_line<time>(piece.data(), mark, plan, leading, event)) [[likely]] {
            const auto x = static_cast<std::uint32_t>(event.xy);
            const auto y = static_cast<std::uint32_t>(event.xy >> 32U);
            if (x < sensor.width && y < sensor.height) [[likely]] {
                writer.put(writer.at(event.t_us), static_cast<std::uint16_t>(x),
                           static_cast<std::uint16_t>(y | event.on << 15U));
            } else {
                ++state.outside_sensor;
            }
            mark += plan.marks;
            ++quick_lines;
            continue;
        }
        const std::uint16_t* const line_end =
            std::find_if(mark, end, [&](std::uint16_t place) { return piece[place - 1U] == '\n'; });
        if (line_end == end) break;
        catch_up();
        take_line(state, piece.substr(mark[-1], static_cast<std::size_t>(*line_end - 1 - mark[-1])), writer);
        writer.reserve((piece.size() - *line_end) / least_line_bytes + 1);
        mark = line_end + 1;
    }
    catch_up();
    return mark[-1];
}

AESTREAM_MULTIVERSION std::size_t take_piece(CsvState& state, const QuickPlan& plan, std::string_view piece,
                                             std::size_t readable_bytes, PacketWriter& writer) {
    switch (plan.time) {
        case QuickTime::us:
            return take_lines<QuickTime::us>(state, plan, piece, readable_bytes, writer);
        case QuickTime::ns:
            return take_lines<QuickTime::ns>(state, plan, piece, readable_bytes, writer);
        case QuickTime::decimal_s:
            return take_lines<QuickTime::decimal_s>(state, plan, piece, readable_bytes, writer);
    }
    return 0;
}

void begin_long_line(CsvState& state) {
    take_damage(state, state.line_at_byte, "it is longer than " + std::to_string(longest_csv_line_bytes) + " bytes");
    state.inside_long_line = true;
}

/// Pass over the rest of a line that is too long; returns how much of the text that is.
std::size_t skip_long_line(CsvState& state, std::string_view text) {
    const std::size_t end = text.find('\n');
    const std::size_t passed = end == std::string_view::npos ? text.size() : end + 1;
    state.line_at_byte += passed;
    if (end != std::string_view::npos) {
        state.inside_long_line = false;
        ++state.lines_before;
    }
    return passed;
}

/// Keep the part of a line whose end has not come yet.
void keep_part(CsvState& state, std::string_view part) {
    if (state.part_bytes + part.size() > longest_csv_line_bytes) {
        begin_long_line(state);
        state.line_at_byte += state.part_bytes + part.size();
        state.part_bytes = 0;
        return;
    }
    std::memcpy(state.part.data() + state.part_bytes, part.data(), part.size());
    state.part_bytes += part.size();
}

/// Complete the line that began in the bytes before; returns how much of the text belongs to it.
std::size_t complete_part(CsvState& state, std::string_view text, PacketWriter& writer) {
    const std::size_t end = text.find('\n');
    const std::string_view rest = text.substr(0, end);
    keep_part(state, rest);
    if (end == std::string_view::npos) return text.size();
    // What was too long is inside_long_line now: its line end is still to come.
    if (state.inside_long_line) return rest.size();
    take_line(state, {state.part.data(), std::exchange(state.part_bytes, 0)}, writer);
    return end + 1;
}

}  // namespace

void decode_csv(CsvState& state, std::span<const std::byte> bytes, PacketWriter& writer) {
    const QuickPlan plan = make_plan(state.layout);
    std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    while (!text.empty()) {
        if (state.inside_long_line) {
            text.remove_prefix(skip_long_line(state, text));
        } else if (state.part_bytes > 0) {
            text.remove_prefix(complete_part(state, text, writer));
        } else {
            const std::string_view piece = text.substr(0, piece_bytes);
            const std::size_t taken = take_piece(state, plan, piece, text.size(), writer);
            text.remove_prefix(taken);
            if (taken > 0 && text.size() > 0 && piece.size() == piece_bytes) continue;
            keep_part(state, text.substr(0, piece.size() - taken));
            text.remove_prefix(piece.size() - taken);
        }
    }
}

void finish_csv(CsvState& state, std::uint64_t at_byte, PacketWriter& writer) {
    if (state.part_bytes == 0) return;
    const std::string_view line(state.part.data(), std::exchange(state.part_bytes, 0));
    LineEvent event;
    Fault fault;
    const Found found = parse_line(state.layout, line, event, fault);
    const bool at_end = fault.text.data() == nullptr || fault.text.data() + fault.text.size() == trimmed(line).end();
    if (found == Found::fault && at_end) {
        take_damage(state, at_byte, "it ends inside a line");
        return;
    }
    take_line(state, line, writer);
}

}  // namespace aestream
