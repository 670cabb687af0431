#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include "aestream_core/errors.hpp"
#include "formats.hpp"

namespace aestream {

namespace {

constexpr std::size_t recognised_bytes = std::size_t{1} << 16U;

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

std::string known_names() {
    std::string list;
    for (const FileFormat& format : file_formats()) list += (list.empty() ? "" : ", ") + std::string(format.name);
    return list;
}

using Candidates = std::vector<const FileFormat*>;

Candidates formats_of_extension(const std::string& extension) {
    Candidates found;
    for (const FileFormat& format : file_formats()) {
        if (std::ranges::find(format.extensions, extension) != format.extensions.end()) found.push_back(&format);
    }
    return found;
}

const FileFormat& format_named(std::string_view name) {
    const auto found = std::ranges::find(file_formats(), name, &FileFormat::name);
    if (found != file_formats().end()) return *found;
    throw InvalidArgument("unknown file format '" + std::string(name) + "'; known: " + known_names());
}

/// Null where neither the extension nor the content is known.
const FileFormat* recognised(const ByteFile& file) {
    const Candidates candidates = formats_of_extension(extension_of(file.path()));
    if (candidates.size() == 1) return candidates.front();
    const auto head = file.head(recognised_bytes);
    for (const FileFormat* candidate : candidates) {
        if (candidate->recognises(head)) return candidate;
    }
    if (!candidates.empty()) return candidates.front();
    const auto found =
        std::ranges::find_if(file_formats(), [&](const FileFormat& each) { return each.recognises(head); });
    return found == file_formats().end() ? nullptr : &*found;
}

const FileFormat& format_to_read(const ByteFile& file, std::string_view format) {
    if (!format.empty()) return format_named(format);
    if (const FileFormat* found = recognised(file)) return *found;
    throw InvalidArgument("'" + file.path() + "': unknown file extension '" + extension_of(file.path()) +
                          "'; known: " + known_extensions());
}

OpenedFormat open_format(const FileFormat& format, const ByteFile& file, const OpenOptions& options) {
    const std::string named = "'" + file.path() + "': ";
    check_options(options.values, format.read_options, format.name, "reads");
    if (file.size_bytes() == 0) throw FormatError(named + "the file is empty");
    try {
        return format.open(file, options);
    } catch (const FormatError& error) {
        throw FormatError(named + error.what());
    } catch (const DamagedRecording& error) {
        throw DamagedRecording(
            "'" + file.path() + "' is damaged at byte " + std::to_string(error.byte_offset) + ": " + error.what(),
            error.byte_offset);
    }
}

OpenedFile open_parts(std::unique_ptr<ByteFile> file, const OpenOptions& options, std::string_view format) {
    OpenedFile opened;
    opened.file = std::move(file);
    opened.format = &format_to_read(*opened.file, format);
    OpenOptions told = options;
    told.format_given = !format.empty();
    OpenedFormat parts = open_format(*opened.format, *opened.file, told);
    opened.info = std::move(parts.info);
    opened.decoder = std::move(parts.decoder);
    opened.skip_errors = options.skip_errors;
    opened.memory_map = options.memory_map;
    return opened;
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
    static const std::array formats{
        evt3_format,   evt2_format,   evt21_format, dat_format,    aedat4_format, aedat1_format,
        aedat2_format, aedat3_format, es_format,    nmnist_format, csv_format,
    };
    return formats;
}

OpenedFile::OpenedFile() = default;
OpenedFile::OpenedFile(OpenedFile&&) noexcept = default;
OpenedFile& OpenedFile::operator=(OpenedFile&&) noexcept = default;
OpenedFile::~OpenedFile() = default;

OpenedFile open_file(const std::string& path, const OpenOptions& options, std::string_view format) {
    return open_parts(std::make_unique<ByteFile>(path, options.stop), options, format);
}

OpenedFile open_bytes(std::string name, std::vector<std::byte> bytes, const OpenOptions& options,
                      std::string_view format) {
    return open_parts(std::make_unique<ByteFile>(std::move(name), std::move(bytes)), options, format);
}

std::string recognise(const std::string& path) {
    const FileFormat* const found = recognised(ByteFile(path));
    return found == nullptr ? std::string() : std::string(found->name);
}

const FileFormat& format_to_write(const std::string& path, std::string_view format) {
    const std::string extension = extension_of(path);
    const Candidates candidates = format.empty() ? formats_of_extension(extension) : Candidates{&format_named(format)};
    for (const FileFormat* candidate : candidates) {
        if (candidate->make_encoder != nullptr) return *candidate;
    }
    if (candidates.empty()) {
        throw InvalidArgument("'" + path + "': unknown file extension '" + extension +
                              "'; known: " + known_extensions());
    }
    throw InvalidArgument("'" + path + "': " + std::string(candidates.front()->name) + " is read, not written");
}

}  // namespace aestream
