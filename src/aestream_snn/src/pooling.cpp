#include "pooling.hpp"

#include <algorithm>

#include "aestream_core/multiversion.hpp"

namespace aestream::snn {

namespace {

#define AESTREAM_INLINE [[gnu::always_inline]] inline

/// Add the windows of one row into their pooled row.
template <std::size_t fixed>
AESTREAM_INLINE void add_windows(const Maps& maps, const float* __restrict row, float* __restrict pooled) {
    const std::size_t channels = fixed ? fixed : maps.channels;
    const std::size_t columns = maps.width / maps.pool;
    for (std::size_t column = 0; column < columns; ++column) {
        for (std::size_t inside = 0; inside < maps.pool; ++inside, row += channels) {
            for (std::size_t c = 0; c < channels; ++c) pooled[c] += row[c];
        }
        pooled += channels;
    }
}

/// Give each neuron of a row the gradient of its window; zero to those in none.
template <std::size_t fixed>
AESTREAM_INLINE void spread_windows(const Maps& maps, const float* __restrict pooled, float* __restrict row) {
    const std::size_t channels = fixed ? fixed : maps.channels;
    const std::size_t columns = maps.width / maps.pool;
    for (std::size_t column = 0; column < columns; ++column, pooled += channels) {
        for (std::size_t inside = 0; inside < maps.pool; ++inside, row += channels) {
            for (std::size_t c = 0; c < channels; ++c) row[c] = pooled[c];
        }
    }
    std::fill_n(row, (maps.width - columns * maps.pool) * channels, 0.F);
}

/// The same for windows of 2 x 2, in one go for each.
template <std::size_t channels>
AESTREAM_INLINE void add_pairs(const Maps& maps, const float* __restrict row, float* __restrict pooled) {
    for (std::size_t i = 0; i < maps.width / 2; ++i, row += 2 * channels, pooled += channels) {
        for (std::size_t c = 0; c < channels; ++c) pooled[c] += row[c] + row[c + channels];
    }
}

AESTREAM_MULTIVERSION void add_row(const Maps& maps, const float* row, float* pooled) {
    if (maps.pool == 2 && maps.channels == 8) return add_pairs<8>(maps, row, pooled);
    if (maps.pool == 2 && maps.channels == 16) return add_pairs<16>(maps, row, pooled);
    if (maps.pool == 2 && maps.channels == 32) return add_pairs<32>(maps, row, pooled);
    if (maps.channels == 8) return add_windows<8>(maps, row, pooled);
    if (maps.channels == 16) return add_windows<16>(maps, row, pooled);
    add_windows<0>(maps, row, pooled);
}

AESTREAM_MULTIVERSION void spread_row(const Maps& maps, const float* pooled, float* row) {
    if (maps.channels == 8) return spread_windows<8>(maps, pooled, row);
    if (maps.channels == 16) return spread_windows<16>(maps, pooled, row);
    spread_windows<0>(maps, pooled, row);
}

/// The pooled row that a row of maps goes into, as an offset; false where it goes into none.
bool pooled_row(const Maps& maps, std::size_t row, std::size_t& offset) {
    const std::size_t rows = maps.height / maps.pool;
    const std::size_t y = row % maps.height / maps.pool;
    offset = (row / maps.height * rows + y) * (maps.width / maps.pool) * maps.channels;
    return y < rows;
}

}  // namespace

void pool_row(const Maps& maps, std::size_t row, const float* spikes, std::span<float> pooled) {
    std::size_t offset = 0;
    if (pooled_row(maps, row, offset)) add_row(maps, spikes, &pooled[offset]);
}

void spread_pooled(const Maps& maps, std::size_t row, std::span<const float> pooled, float* out) {
    std::size_t offset = 0;
    if (pooled_row(maps, row, offset)) {
        spread_row(maps, &pooled[offset], out);
    } else {
        std::fill_n(out, maps.row(), 0.F);
    }
}

}  // namespace aestream::snn
