// The rows of the format table, one source file each.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "aestream_core/files.hpp"
#include "byte_file.hpp"

namespace aestream {

/// The sensor size that is assumed, and said to be, where neither the file nor the caller knows it.
inline constexpr Sensor assumed_sensor{1280, 720};

// Where several rows share an extension, the first that writes is the one that is written.
extern const FileFormat evt3_format;
extern const FileFormat evt2_format;
extern const FileFormat evt21_format;
extern const FileFormat dat_format;

extern const FileFormat aedat4_format;
// A file without a header may be AEDAT 1.0, so that this one is the first of its extension.
extern const FileFormat aedat1_format;
extern const FileFormat aedat2_format;
extern const FileFormat aedat3_format;

extern const FileFormat es_format;
extern const FileFormat nmnist_format;

extern const FileFormat csv_format;

/// What the first bytes of a file say, in small.
[[nodiscard]] inline bool starts_with(std::span<const std::byte> head, std::string_view text) {
    return head.size() >= text.size() &&
           std::string_view(reinterpret_cast<const char*>(head.data()), text.size()) == text;
}

/// Say in words what a file holds, judging by its first bytes.
[[nodiscard]] std::string describe_content(std::span<const std::byte> head);

}  // namespace aestream
