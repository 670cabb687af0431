// The text header of Prophesee recordings: lines "% key value", ended by "% end" in newer files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "aestream_core/event.hpp"

namespace aestream {

struct RawHeader {
    std::map<std::string, std::string> fields;  ///< by key, as written
    std::size_t size_bytes = 0;                 ///< 0 where there is no header
};

[[nodiscard]] RawHeader parse_raw_header(std::span<const std::byte> file_start);

/// Name of the word format, as "EVT3" or "EVT2.1"; empty where the header does not say.
[[nodiscard]] std::string encoding_of(const RawHeader& header);

/// The value of ";key=value" in the header's format line; empty where it is not there.
[[nodiscard]] std::string format_option(const RawHeader& header, std::string_view key);

/// Sensor time that the file's time 0 stands for, in µs: what the suite's own files say in a line "% t0_us N". 0 where
/// there is none, or one that no recording has.
[[nodiscard]] std::uint64_t t0_us_of(const RawHeader& header);

/// Size of the sensor: as written, else that of the camera that is named; nothing where neither is there.
[[nodiscard]] std::optional<Sensor> sensor_of(const RawHeader& header);

}  // namespace aestream
