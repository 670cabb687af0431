#include "raw_header.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string_view>

#include "codecs/text.hpp"

namespace aestream {

namespace {

constexpr std::string_view line_start = "% ";

struct KnownCamera {
    std::string_view name;  ///< part of a plug-in's or sensor's name, lower case
    Sensor sensor;
};
constexpr Sensor hd{1280, 720};
constexpr Sensor vga{640, 480};
constexpr std::array known_cameras{
    KnownCamera{"gen41", hd},  KnownCamera{"gen42", hd},   KnownCamera{"gen4.1", hd},
    KnownCamera{"gen4.2", hd}, KnownCamera{"imx636", hd},  KnownCamera{"imx646", hd},
    KnownCamera{"gen31", vga}, KnownCamera{"gen3.1", vga}, KnownCamera{"gen3", vga},
};

struct KnownSystem {
    std::string_view id;
    Sensor sensor;
};
constexpr std::array known_systems{
    KnownSystem{"39", hd}, KnownSystem{"48", hd},  KnownSystem{"49", hd},
    KnownSystem{"50", hd}, KnownSystem{"40", vga}, KnownSystem{"41", vga},
};

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

/// Bytes of events may look like the start of a line; text has no control characters.
bool is_text(std::string_view line) {
    return std::ranges::none_of(line, [](unsigned char c) { return c < ' ' && c != '\t' && c != '\r'; });
}

std::string field(const RawHeader& header, const std::string& key) {
    const auto found = header.fields.find(key);
    return found == header.fields.end() ? std::string() : found->second;
}

std::optional<std::uint16_t> to_side(std::string_view text) {
    std::uint16_t side = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), side);
    if (result.ec != std::errc() || side < 1 || side > max_sensor_side) return std::nullopt;
    return side;
}

std::optional<Sensor> to_sensor(std::string_view width_text, std::string_view height_text) {
    const auto width = to_side(width_text);
    const auto height = to_side(height_text);
    if (!width || !height) return std::nullopt;
    return Sensor{*width, *height};
}

/// The value of ";key=value" in a format line.
std::string_view option(std::string_view format, std::string_view key) {
    const std::string start = std::string(";").append(key).append("=");
    const std::size_t at = format.find(start);
    if (at == std::string_view::npos) return {};
    const std::string_view value = format.substr(at + start.size());
    return value.substr(0, value.find(';'));
}

}  // namespace

RawHeader parse_raw_header(std::span<const std::byte> file_start) {
    const std::string_view text(reinterpret_cast<const char*>(file_start.data()), file_start.size());
    RawHeader header;
    while (text.substr(header.size_bytes).starts_with(line_start)) {
        const std::size_t end = text.find('\n', header.size_bytes);
        if (end == std::string_view::npos) break;
        std::string_view line = text.substr(header.size_bytes, end - header.size_bytes);
        if (!is_text(line)) break;
        header.size_bytes = end + 1;
        // Some writers end their lines in a blank, or as Windows does.
        line = line.substr(0, line.find_last_not_of(" \r") + 1);
        if (line.size() < line_start.size()) continue;
        line.remove_prefix(line_start.size());
        if (line == "end") break;
        const std::size_t blank = std::min(line.find(' '), line.size());
        const std::size_t value_at = std::min(line.find_first_not_of(' ', blank), line.size());
        header.fields.insert_or_assign(valid_utf8(line.substr(0, blank)), valid_utf8(line.substr(value_at)));
    }
    return header;
}

std::string encoding_of(const RawHeader& header) {
    const std::string format = field(header, "format");
    if (!format.empty()) return format.substr(0, format.find(';'));
    std::string version = field(header, "evt");
    if (version.empty()) return {};
    if (version.ends_with(".0")) version.resize(version.size() - 2);
    return std::string("EVT").append(version);
}

std::string format_option(const RawHeader& header, std::string_view key) {
    const std::string format = field(header, "format");
    return std::string(option(format, key));
}

std::uint64_t t0_us_of(const RawHeader& header) {
    constexpr std::uint64_t latest_us = std::uint64_t{1} << 62U;
    const std::string text = field(header, "t0_us");
    std::uint64_t t0_us = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), t0_us);
    const bool whole = result.ec == std::errc() && result.ptr == text.data() + text.size();
    return whole && t0_us <= latest_us ? t0_us : 0;
}

std::optional<Sensor> sensor_of(const RawHeader& header) {
    const std::string format = field(header, "format");
    if (const auto sensor = to_sensor(option(format, "width"), option(format, "height"))) return sensor;
    const std::string geometry = field(header, "geometry");
    const std::size_t cross = std::min(geometry.find('x'), geometry.size());
    if (const auto sensor =
            to_sensor(geometry.substr(0, cross), geometry.substr(std::min(cross + 1, geometry.size())))) {
        return sensor;
    }
    if (const auto sensor = to_sensor(field(header, "Width"), field(header, "Height"))) return sensor;
    const std::string names = lower(field(header, "plugin_name") + " " + field(header, "sensor_name"));
    for (const KnownCamera& camera : known_cameras) {
        if (names.find(camera.name) != std::string::npos) return camera.sensor;
    }
    const auto system = std::ranges::find(known_systems, field(header, "system_ID"), &KnownSystem::id);
    if (system != known_systems.end()) return system->sensor;
    return std::nullopt;
}

}  // namespace aestream
