#include <algorithm>
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

// Bounds the room that is asked for at once; the longest line fits.
constexpr std::size_t piece_bytes = std::size_t{1} << 16U;
static_assert(piece_bytes > longest_csv_line_bytes);
constexpr std::size_t least_line_bytes = 8;  // "0,0,0,0\n"

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

void put_quick(CsvState& state, const QuickEvent& event, Sensor sensor, PacketWriter& writer) {
    const auto x = static_cast<std::uint32_t>(event.xy);
    const auto y = static_cast<std::uint32_t>(event.xy >> 32U);
    if (x < sensor.width && y < sensor.height) [[likely]] {
        writer.put(writer.at(event.t_us), static_cast<std::uint16_t>(x),
                   static_cast<std::uint16_t>(y | event.on << 15U));
    } else {
        ++state.outside_sensor;
    }
}

/// Read lines for as long as they look as `read` expects; returns the bytes that they take. There must be room for
/// them.
template <typename Read>
[[gnu::always_inline]] inline std::size_t take_quick(CsvState& state, std::string_view text, std::size_t readable_bytes,
                                                     PacketWriter& writer, const Read& read) {
    const Sensor sensor = writer.sensor();
    LeadingDigits leading;
    std::size_t at = 0;
    std::uint64_t lines = 0;
    while (at < text.size() && at + quick_reach_bytes <= readable_bytes) {
        QuickEvent event;
        const std::size_t size = read(text.data() + at, find_marks(text.data() + at), leading, event);
        if (size == 0) [[unlikely]]
            break;
        put_quick(state, event, sensor, writer);
        at += size;
        ++lines;
    }
    state.line_at_byte += at;
    state.lines_before += lines;
    return at;
}

AESTREAM_MULTIVERSION std::size_t take_quick_lines(CsvState& state, const QuickPlan& plan, std::string_view text,
                                                   std::size_t readable_bytes, PacketWriter& writer) {
    const auto planned = [&]<QuickTime time>() __attribute__((always_inline)) {
        const auto read =
            [&](const char* line, std::uint32_t bits, LeadingDigits& leading, QuickEvent& event)
                __attribute__((always_inline)) { return quick_planned<time>(line, bits, plan, leading, event); };
        return take_quick(state, text, readable_bytes, writer, read);
    };
    if (plan.usual) {
        const auto read = [separator = plan.expected[0]](const char* line, std::uint32_t bits, LeadingDigits& leading,
                                                         QuickEvent& event) __attribute__((always_inline)) {
            return quick_usual(line, bits, separator, leading, event);
        };
        return take_quick(state, text, readable_bytes, writer, read);
    }
    switch (plan.time) {
        case QuickTime::us:
            return planned.template operator()<QuickTime::us>();
        case QuickTime::ns:
            return planned.template operator()<QuickTime::ns>();
        case QuickTime::decimal_s:
            return planned.template operator()<QuickTime::decimal_s>();
        case QuickTime::decimal_ms:
            return planned.template operator()<QuickTime::decimal_ms>();
    }
    return 0;
}

/// Read the whole lines of a piece; returns the bytes that they take. More than the piece may be readable.
std::size_t take_piece(CsvState& state, const QuickPlan& plan, std::string_view piece, std::size_t readable_bytes,
                       PacketWriter& writer) {
    std::size_t at = 0;
    while (at < piece.size()) {
        if (plan.possible) {
            const std::string_view rest = piece.substr(at);
            writer.reserve(rest.size() / least_line_bytes + 1);
            at += take_quick_lines(state, plan, rest, readable_bytes - at, writer);
        }
        // A quick line may end behind the piece.
        if (at >= piece.size()) break;
        const std::size_t end = piece.find('\n', at);
        if (end == std::string_view::npos) break;
        take_line(state, piece.substr(at, end - at), writer);
        at = end + 1;
    }
    return at;
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
            if (taken > 0 && piece.size() == piece_bytes) continue;
            const std::size_t part = piece.size() - taken;
            keep_part(state, text.substr(0, part));
            text.remove_prefix(part);
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
