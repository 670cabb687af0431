#include "aedat_header.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "codecs/text.hpp"

namespace aestream {

namespace {

constexpr std::string_view version_start = "#!AER-DAT";
constexpr std::size_t usual_header_bytes = std::size_t{1} << 16U;
// jAER may put all preferences of a camera into the header.
constexpr std::size_t longest_header_bytes = std::size_t{1} << 24U;
constexpr std::array<std::string_view, 2> last_lines{"#!END-HEADER", "#End Of ASCII Header"};

constexpr std::array cameras{
    AedatCamera{"dvs128", AerLayout::dvs128, {128, 128}},  AedatCamera{"davis128", AerLayout::davis, {128, 128}},
    AedatCamera{"davis208", AerLayout::davis, {208, 192}}, AedatCamera{"davis240", AerLayout::davis, {240, 180}},
    AedatCamera{"davis346", AerLayout::davis, {346, 260}}, AedatCamera{"davis640", AerLayout::davis, {640, 480}},
};

struct Detail {
    std::string_view field;
    std::string_view name;
};
constexpr std::array details{Detail{"AEChip", "camera"},         Detail{"HardwareInterface", "hardware"},
                             Detail{"Start-Time", "start_time"}, Detail{"Source 0", "source_0"},
                             Detail{"Source 1", "source_1"},     Detail{"Format", "packets"}};

/// Events may begin with the byte of '#'; lines have no control characters.
bool is_text(std::string_view line) {
    return std::ranges::none_of(line, [](unsigned char c) { return c < ' ' && c != '\t' && c != '\r'; });
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = std::min(text.find_first_not_of(" \t\r"), text.size());
    const std::size_t last = text.find_last_not_of(" \t\r");
    return last == std::string_view::npos ? std::string_view() : text.substr(first, last + 1 - first);
}

void take_field(AedatHeader& header, std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    header.fields.emplace(valid_utf8(trimmed(line.substr(1, colon - 1))), valid_utf8(trimmed(line.substr(colon + 1))));
}

AedatHeader parse(std::string_view text) {
    AedatHeader header;
    header.version = aedat_version(std::as_bytes(std::span(text)));
    while (!header.ended && text.substr(header.size_bytes).starts_with('#')) {
        const std::size_t end = text.find('\n', header.size_bytes);
        if (end == std::string_view::npos) break;
        const std::string_view line = text.substr(header.size_bytes, end - header.size_bytes);
        if (!is_text(line)) break;
        header.size_bytes = end + 1;
        header.ended = std::ranges::find(last_lines, trimmed(line)) != last_lines.end();
        take_field(header, line);
    }
    return header;
}

}  // namespace

std::string aedat_version(std::span<const std::byte> head) {
    const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
    if (!text.starts_with(version_start)) return {};
    const std::string_view rest = text.substr(version_start.size());
    const std::size_t length = std::min(rest.find_first_not_of("0123456789."), std::size_t{8});
    return std::string(rest.substr(0, length));
}

AedatHeader read_aedat_header(const ByteFile& file) {
    for (std::size_t most_bytes = usual_header_bytes;; most_bytes *= 4) {
        const auto head = file.head(most_bytes);
        AedatHeader header = parse({reinterpret_cast<const char*>(head.data()), head.size()});
        const bool all_seen = header.ended || head.size() < most_bytes || header.size_bytes + 4096 < head.size();
        if (all_seen || most_bytes >= longest_header_bytes) return header;
    }
}

std::span<const AedatCamera> aedat_cameras() { return cameras; }

const AedatCamera* find_aedat_camera(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto found = std::ranges::find_if(
        cameras, [&](const AedatCamera& camera) { return lower.find(camera.name) != std::string::npos; });
    return found == cameras.end() ? nullptr : &*found;
}

std::map<std::string, std::string> aedat_details(const AedatHeader& header) {
    std::map<std::string, std::string> found;
    for (const Detail& detail : details) {
        const auto field = header.fields.find(std::string(detail.field));
        if (field != header.fields.end()) found.emplace(detail.name, field->second);
    }
    return found;
}

}  // namespace aestream
