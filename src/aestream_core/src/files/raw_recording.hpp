// What the rows of Prophesee's .raw formats share: the check of the header, and the header that is written.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "aestream_core/byte_sink.hpp"
#include "aestream_core/files.hpp"
#include "raw_header.hpp"

namespace aestream {

inline constexpr std::array<std::string_view, 1> raw_extensions{".raw"};

struct OpenedRaw {
    RawHeader header;
    FileInfo info;
    std::uint64_t t0_us = 0;  ///< see t0_us_of
};

/// Read the header of a .raw file for the row of that name. Throws FormatError where it says another encoding, or none
/// and the caller did not name the format.
[[nodiscard]] OpenedRaw open_raw_recording(const ByteFile& file, const OpenOptions& options, std::string_view format);

/// Whether the header names the encoding of that row.
[[nodiscard]] bool is_raw_recording(std::span<const std::byte> head, std::string_view format);

/// The lines that name an encoding.
struct RawEncodingNames {
    std::string_view version;  ///< "3.0"
    std::string_view format;   ///< "EVT3"
};

/// Write a header. t0_us, where it is not 0, is the time that the stream's clock counts from.
void put_raw_header(ByteSink& out, const RawEncodingNames& names, Sensor sensor, std::uint64_t t0_us);

}  // namespace aestream
