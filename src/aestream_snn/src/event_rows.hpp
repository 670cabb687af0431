// What is not zero in a frame, row by row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sparse_conv.hpp"

namespace aestream::snn {

/// A frame (height, width, channels) in any order in memory; strides count floats.
struct FrameView {
    const float* values;
    std::size_t row_stride, column_stride, channel_stride;

    /// A frame without gaps whose channels lie last.
    static FrameView dense(const float* values, const Conv& conv) {
        return {values, conv.width * conv.channels, conv.channels, 1};
    }
};

/// A value that is not zero.
struct RowEvent {
    std::uint32_t column;
    std::uint32_t weights;  ///< where those of its channel begin
    float value;
};

/// Finds the values of rows that are not zero. Memory is taken once.
class EventRow {
public:
    explicit EventRow(const Conv& conv);

    /// Give those of row `row`, by column, then channel; they hold until the next call.
    std::span<const RowEvent> read(const FrameView& frame, std::size_t row);

private:
    const float* side_by_side(const FrameView& frame, std::size_t row);

    std::size_t columns_, channels_;
    std::vector<RowEvent> places_;  ///< of each value in a row
    std::vector<RowEvent> events_;
    std::vector<float> line_;
    std::vector<std::uint8_t> fired_;
};

}  // namespace aestream::snn
