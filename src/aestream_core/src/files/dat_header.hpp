// The header of DAT files: text lines, then the type and the size of the records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "aestream_core/byte_sink.hpp"
#include "aestream_core/event.hpp"
#include "byte_file.hpp"

namespace aestream {

struct DatHeader {
    std::map<std::string, std::string> fields;  ///< of the text lines, by key
    std::optional<Sensor> sensor;               ///< as written; older files do not say it
    std::uint64_t t0_us = 0;                    ///< sensor time that the clock counts from
    std::size_t size_bytes = 0;
};

/// Throws FormatError where the file is none of DAT or holds other records than events, DamagedRecording where it ends
/// inside the header.
[[nodiscard]] DatHeader read_dat_header(const ByteFile& file);

/// Whether a file that begins so is a DAT file of events.
[[nodiscard]] bool is_dat(std::span<const std::byte> head);

/// The sensor's size judged by events all over the file.
[[nodiscard]] Sensor guess_dat_sensor(const ByteFile& file, std::uint64_t data_begin);

void put_dat_header(ByteSink& out, Sensor sensor, std::uint64_t t0_us);

}  // namespace aestream
