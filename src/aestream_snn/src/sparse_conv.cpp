#include "sparse_conv.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "aestream_core/multiversion.hpp"
#include "conv_runs.hpp"

namespace aestream::snn {

namespace {

#define AESTREAM_INLINE [[gnu::always_inline]] inline

/// Add `value` times the neighbouring floats `from` to those at `to`; `whole` is the usual length.
template <std::size_t whole>
AESTREAM_INLINE void add_scaled(float value, const float* __restrict from, float* __restrict to, std::size_t length) {
    if (whole != 0 && length == whole) [[likely]] {
        for (std::size_t f = 0; f < whole; ++f) to[f] += value * from[f];
    } else {
        for (std::size_t f = 0; f < length; ++f) to[f] += value * from[f];
    }
}

/// How many values are 0 before the first that is not.
AESTREAM_INLINE std::size_t leading_zeros(const float* values, std::size_t size) {
    constexpr std::size_t block = 16;
    std::size_t at = 0;
    for (; at + block <= size; at += block) {
        std::array<std::uint64_t, block / 2> words;
        std::memcpy(words.data(), values + at, sizeof words);
        std::uint64_t any = 0;
        for (const std::uint64_t word : words) any |= word;  // a zero with a sign is found below
        if (any != 0) break;
    }
    while (at < size && values[at] == 0) ++at;
    return at;
}

/// Add each value that is not zero, times its run of weights, to the output; or, where `gather`, times its run of the
/// output to the weights.
template <bool gather, std::size_t whole>
AESTREAM_INLINE void follow_values(const Conv& conv, const float* input, float* weights, float* output,
                                   const AxisRuns& runs) {
    const std::size_t features = conv.features;
    for (std::size_t row = 0; row < conv.batch * conv.height; ++row) {
        const float* const line = input + row * conv.width * conv.channels;
        const std::size_t out_row = row / conv.height * conv.out_height();
        const std::span<const Run> vertical = runs.rows.of(row % conv.height);
        for (std::size_t i = 0; i < conv.width * conv.channels; ++i) {
            i += leading_zeros(line + i, conv.width * conv.channels - i);
            if (i == conv.width * conv.channels) break;
            const std::size_t channel = i % conv.channels;
            for (const Run& h : runs.columns.of(i / conv.channels)) {
                const std::size_t length = h.length * features;
                for (const Run& v : vertical) {
                    float* w = weights + ((channel * conv.kernel + v.tap) * conv.kernel + h.tap) * features;
                    float* out = output + ((out_row + v.out) * conv.out_width() + h.out) * features;
                    for (std::uint32_t k = 0; k < v.length; ++k) {
                        add_scaled<whole>(line[i], gather ? out : w, gather ? w : out, length);
                        w += conv.kernel * features;
                        out += conv.out_width() * features;
                    }
                }
            }
        }
    }
}

AESTREAM_MULTIVERSION void scatter(const Conv& conv, const float* input, float* weights, float* output,
                                   const AxisRuns& runs) {
    if (conv.kernel * conv.features == 24) return follow_values<false, 24>(conv, input, weights, output, runs);
    if (conv.kernel * conv.features == 48) return follow_values<false, 48>(conv, input, weights, output, runs);
    follow_values<false, 0>(conv, input, weights, output, runs);
}

AESTREAM_MULTIVERSION void gather(const Conv& conv, const float* input, float* weights, float* output,
                                  const AxisRuns& runs) {
    if (conv.kernel * conv.features == 24) return follow_values<true, 24>(conv, input, weights, output, runs);
    if (conv.kernel * conv.features == 48) return follow_values<true, 48>(conv, input, weights, output, runs);
    follow_values<true, 0>(conv, input, weights, output, runs);
}

AESTREAM_MULTIVERSION std::size_t count_nonzero_in(const float* values, std::size_t size) {
    std::uint32_t count = 0;
    for (std::size_t i = 0; i < size; ++i) count += values[i] != 0 ? 1U : 0U;
    return count;
}

}  // namespace

std::size_t count_nonzero(std::span<const float> values) { return count_nonzero_in(values.data(), values.size()); }

void conv_forward(const Conv& conv, std::span<const float> input, std::span<const float> weights,
                  std::span<float> output) {
    std::vector<float> by_channel(conv.weights_size());
    for_each_weight(conv, [&](std::size_t from, std::size_t to) { by_channel[to] = weights[from]; });
    std::ranges::fill(output, 0.F);
    scatter(conv, input.data(), by_channel.data(), output.data(), AxisRuns(conv));
}

void conv_weight_grad(const Conv& conv, std::span<const float> input, std::span<float> output_grad,
                      std::span<float> weights_grad) {
    std::vector<float> by_channel(conv.weights_size());
    gather(conv, input.data(), by_channel.data(), output_grad.data(), AxisRuns(conv));
    for_each_weight(conv, [&](std::size_t to, std::size_t from) { weights_grad[to] = by_channel[from]; });
}

}  // namespace aestream::snn
