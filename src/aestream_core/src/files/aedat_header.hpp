// The text header of AEDAT 1.0 to 3.1: lines that begin with '#'.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "aestream_core/aedat2.hpp"
#include "aestream_core/files.hpp"
#include "byte_file.hpp"

namespace aestream {

struct AedatHeader {
    std::string version;                        ///< "2.0"; empty where the file does not say one
    std::map<std::string, std::string> fields;  ///< lines "# key: value"; the first of each key
    std::size_t size_bytes = 0;
    bool ended = false;  ///< whether a line said that the header ends
};

/// Read the header; a file without one has an empty one.
[[nodiscard]] AedatHeader read_aedat_header(const ByteFile& file);

/// The version that a file begins with: "2.0", or nothing.
[[nodiscard]] std::string aedat_version(std::span<const std::byte> head);

/// A camera that headers name.
struct AedatCamera {
    std::string_view name;  ///< as the option `camera` has it; part of the header's names, lower case
    AerLayout layout;
    Sensor sensor;
};
[[nodiscard]] std::span<const AedatCamera> aedat_cameras();

/// The camera that a text speaks of; null where it names none that is known.
[[nodiscard]] const AedatCamera* find_aedat_camera(std::string_view text);

/// The fields that people want to see, by the names that details have.
[[nodiscard]] std::map<std::string, std::string> aedat_details(const AedatHeader& header);

}  // namespace aestream
