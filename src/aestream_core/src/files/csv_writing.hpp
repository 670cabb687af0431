// What the row of CSV files needs for writing.
#pragma once

#include <memory>
#include <span>

#include "aestream_core/encoder.hpp"

namespace aestream {

extern const std::span<const FormatOption> csv_write_options;

/// Throws InvalidArgument for values that are not allowed.
[[nodiscard]] std::unique_ptr<Encoder> make_csv_encoder(const EncodeOptions& options);

}  // namespace aestream
