// Convolution of maps that are mostly zero: work follows the events, not the pixels.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace aestream::snn {

/// Shape of a convolution; all maps have their channels last.
struct Conv {
    std::size_t batch, height, width, channels;  ///< of the input
    std::size_t features, kernel, stride, padding;

    [[nodiscard]] std::size_t out_height() const { return (height + 2 * padding - kernel) / stride + 1; }
    [[nodiscard]] std::size_t out_width() const { return (width + 2 * padding - kernel) / stride + 1; }
    [[nodiscard]] std::size_t in_size() const { return batch * height * width * channels; }
    [[nodiscard]] std::size_t out_size() const { return batch * out_height() * out_width() * features; }
    [[nodiscard]] std::size_t weights_size() const { return channels * kernel * kernel * features; }
};

/// Number of values that are not zero.
[[nodiscard]] std::size_t count_nonzero(std::span<const float> values);

/// Weights lie by (feature, row, column, channel), as torch keeps them channels last.
void conv_forward(const Conv& conv, std::span<const float> input, std::span<const float> weights,
                  std::span<float> output);

/// Gradient of the weights, in their own order; the output's is only read.
void conv_weight_grad(const Conv& conv, std::span<const float> input, std::span<float> output_grad,
                      std::span<float> weights_grad);

}  // namespace aestream::snn
