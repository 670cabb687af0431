// The part of AEDAT4's row in the format table that writes.
#pragma once

#include <array>
#include <memory>

#include "aestream_core/encoder.hpp"

namespace aestream {

inline constexpr FormatOption aedat4_compression_option{
    .name = "compression",
    .description = "how packets are compressed; lz4 is fast, lz4_high, zstd and zstd_high are smaller and slower",
    .allowed = "none, lz4, lz4_high, zstd or zstd_high",
    .fallback = "lz4"};
inline constexpr FormatOption aedat4_packet_option{.name = "packet_events",
                                                   .description = "events in a packet, at most",
                                                   .allowed = "1 to 1000000",
                                                   .fallback = "8192"};
inline constexpr std::array aedat4_write_options{aedat4_compression_option, aedat4_packet_option};

[[nodiscard]] std::unique_ptr<Encoder> make_aedat4_encoder(const EncodeOptions& options);

}  // namespace aestream
