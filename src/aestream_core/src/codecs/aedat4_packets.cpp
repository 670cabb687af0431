#include "aedat4_packets.hpp"

namespace aestream::aedat4 {

std::unique_ptr<Decompressor> make_decompressor(Aedat4Compression compression, std::size_t largest_bytes) {
    switch (compression) {
        case Aedat4Compression::lz4:
        case Aedat4Compression::lz4_high:
            return make_lz4(largest_bytes);
        case Aedat4Compression::zstd:
        case Aedat4Compression::zstd_high:
            return make_zstd(largest_bytes);
        case Aedat4Compression::none:
            break;
    }
    return make_uncompressed();
}

std::unique_ptr<Compressor> make_compressor(Aedat4Compression compression) {
    // Measured on events: steps beyond these cost several times their time for a few per cent of the size.
    constexpr int lz4_small = 3;
    constexpr int zstd_fast = -1;
    constexpr int zstd_small = 6;
    switch (compression) {
        case Aedat4Compression::lz4:
            return make_record_lz4();
        case Aedat4Compression::lz4_high:
            return make_high_lz4(lz4_small);
        case Aedat4Compression::zstd:
            return make_zstd_writer(zstd_fast);
        case Aedat4Compression::zstd_high:
            return make_zstd_writer(zstd_small);
        case Aedat4Compression::none:
            break;
    }
    return make_uncompressing();
}

}  // namespace aestream::aedat4
