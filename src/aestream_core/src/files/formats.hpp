// The rows of the format table, one source file each.
#pragma once

#include <optional>

#include "aestream_core/files.hpp"
#include "byte_file.hpp"

namespace aestream {

/// The sensor size that is assumed, and said to be, where neither the file nor the caller knows it.
inline constexpr Sensor assumed_sensor{1280, 720};

extern const FileFormat evt3_format;
extern const FileFormat aedat4_format;

/// Say in words what a file holds, judging by its first bytes.
[[nodiscard]] std::string describe_content(std::span<const std::byte> head);

}  // namespace aestream
