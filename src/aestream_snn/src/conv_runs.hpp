// Which taps of a kernel meet which places of the output, and weights in the order in which events need them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sparse_conv.hpp"

namespace aestream::snn {

/// Neighbouring taps of the kernel along one axis, and the neighbouring places of the output that they feed. Taps count
/// backwards: as a place of the input grows, its last tap feeds the first of its places in the output.
struct Run {
    std::uint32_t tap;
    std::uint32_t out;
    std::uint32_t length;
};

/// The runs of each place of the input along one axis: one where the stride is 1, else one a tap.
class Runs {
public:
    Runs(const Conv& conv, std::size_t side, std::size_t out_side) {
        for (std::size_t at = 0; at < side; ++at) {
            begins_.push_back(runs_.size());
            for (std::size_t tap = 0; tap < conv.kernel; ++tap) add(conv, at, tap, out_side);
        }
        begins_.push_back(runs_.size());
    }
    [[nodiscard]] std::span<const Run> of(std::size_t at) const {
        return {runs_.data() + begins_[at], begins_[at + 1] - begins_[at]};
    }

private:
    void add(const Conv& conv, std::size_t at, std::size_t tap, std::size_t out_side) {
        const std::size_t last = conv.kernel - 1 - tap;
        if (at + conv.padding < last || (at + conv.padding - last) % conv.stride != 0) return;
        const std::size_t out = (at + conv.padding - last) / conv.stride;
        if (out >= out_side) return;
        if (conv.stride == 1 && runs_.size() > begins_.back()) {
            ++runs_.back().length;
        } else {
            runs_.push_back({static_cast<std::uint32_t>(tap), static_cast<std::uint32_t>(out), 1});
        }
    }
    std::vector<std::size_t> begins_;
    std::vector<Run> runs_;
};

struct AxisRuns {
    explicit AxisRuns(const Conv& conv)
        : rows(conv, conv.height, conv.out_height()), columns(conv, conv.width, conv.out_width()) {}
    Runs rows, columns;
};

/// Call work(offset by feature, row, column, channel; offset by channel, row, column, feature, the taps backwards) for
/// all weights.
template <typename Work>
void for_each_weight(const Conv& conv, const Work& work) {
    const std::size_t taps = conv.kernel * conv.kernel;
    std::size_t at = 0;
    for (std::size_t feature = 0; feature < conv.features; ++feature) {
        for (std::size_t tap = 0; tap < taps; ++tap) {
            for (std::size_t channel = 0; channel < conv.channels; ++channel, ++at) {
                work(at, (channel * taps + taps - 1 - tap) * conv.features + feature);
            }
        }
    }
}

}  // namespace aestream::snn
