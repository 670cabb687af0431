// The compressions of AEDAT4's packets.
#pragma once

#include <cstddef>
#include <memory>

#include "aestream_core/aedat4.hpp"
#include "compress.hpp"
#include "decompress.hpp"

namespace aestream::aedat4 {

/// largest_bytes bounds what one packet may expand to.
[[nodiscard]] std::unique_ptr<Decompressor> make_decompressor(Aedat4Compression compression, std::size_t largest_bytes);

[[nodiscard]] std::unique_ptr<Compressor> make_compressor(Aedat4Compression compression);

}  // namespace aestream::aedat4
