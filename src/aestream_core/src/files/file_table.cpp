#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>

#include "aestream_core/errors.hpp"
#include "formats.hpp"

namespace aestream {

namespace {

struct KnownContent {
    std::string_view start;
    std::string_view description;
};
constexpr std::array known_content{
    KnownContent{"#!AER-DAT4.0", "AEDAT 4.0"},   KnownContent{"#!AER-DAT3.1", "AEDAT 3.1"},
    KnownContent{"#!AER-DAT", "an older AEDAT"}, KnownContent{"Event Stream", "Event Stream (ES)"},
    KnownContent{"% ", "a Prophesee header"},    KnownContent{"\x89HDF\r\n", "HDF5"},
    KnownContent{"\x89MCAP0", "an MCAP bag"},    KnownContent{"SQLite format 3", "a SQLite database (a bag?)"},
    KnownContent{"PK\x03\x04", "a zip archive"}, KnownContent{"\x1f\x8b", "gzip-compressed data"},
};

std::string extension_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    const std::size_t dot = name.rfind('.');
    if (dot == std::string::npos) return {};
    std::string extension = name.substr(dot);
    std::ranges::transform(extension, extension.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension;
}

std::string known_extensions() {
    std::string list;
    for (const FileFormat& format : file_formats()) {
        for (const std::string_view extension : format.extensions) {
            list += (list.empty() ? "" : ", ") + std::string(extension) + " (" + std::string(format.name) + ")";
        }
    }
    return list;
}

const FileFormat& format_of(const std::string& path) {
    const std::string extension = extension_of(path);
    for (const FileFormat& format : file_formats()) {
        if (std::ranges::find(format.extensions, extension) != format.extensions.end()) return format;
    }
    throw InvalidArgument("'" + path + "': unknown file extension '" + extension + "'; known: " + known_extensions());
}

OpenedFormat open_format(const FileFormat& format, const ByteFile& file, std::optional<Sensor> sensor) {
    const std::string named = "'" + file.path() + "': ";
    if (file.size_bytes() == 0) throw FormatError(named + "the file is empty");
    try {
        return format.open(file, sensor);
    } catch (const FormatError& error) {
        throw FormatError(named + error.what());
    } catch (const DamagedRecording& error) {
        throw DamagedRecording(
            "'" + file.path() + "' is damaged at byte " + std::to_string(error.byte_offset) + ": " + error.what(),
            error.byte_offset);
    }
}

}  // namespace

std::string describe_content(std::span<const std::byte> head) {
    const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
    for (const KnownContent& known : known_content) {
        if (text.starts_with(known.start)) return std::string(known.description);
    }
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const std::byte byte : head.first(std::min<std::size_t>(head.size(), 8))) {
        hex +=
            {' ', digits[std::to_integer<std::size_t>(byte >> 4U)], digits[std::to_integer<std::size_t>(byte) & 0xfU]};
    }
    return "something unknown that starts with the bytes" + hex;
}

std::span<const FileFormat> file_formats() {
    static const std::array formats{evt3_format, aedat4_format};
    return formats;
}

OpenedFile::OpenedFile() = default;
OpenedFile::OpenedFile(OpenedFile&&) noexcept = default;
OpenedFile& OpenedFile::operator=(OpenedFile&&) noexcept = default;
OpenedFile::~OpenedFile() = default;

OpenedFile open_file(const std::string& path, std::optional<Sensor> sensor) {
    OpenedFile opened;
    opened.file = std::make_unique<ByteFile>(path);
    opened.format = &format_of(path);
    OpenedFormat parts = open_format(*opened.format, *opened.file, sensor);
    opened.info = std::move(parts.info);
    opened.decoder = std::move(parts.decoder);
    return opened;
}

}  // namespace aestream
