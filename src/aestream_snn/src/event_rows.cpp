#include "event_rows.hpp"

#include <bit>
#include <cstring>

#include "aestream_core/multiversion.hpp"

namespace aestream::snn {

namespace {

constexpr std::size_t word = sizeof(std::uint64_t);

AESTREAM_MULTIVERSION void mark(const float* __restrict values, std::size_t size, std::uint8_t* __restrict fired) {
    for (std::size_t i = 0; i < size; ++i) fired[i] = values[i] != 0 ? 1 : 0;
}

AESTREAM_MULTIVERSION void interleave_two(const float* __restrict a, const float* __restrict b, std::size_t size,
                                          float* __restrict out) {
    for (std::size_t i = 0; i < size; ++i) {
        out[2 * i] = a[i];
        out[2 * i + 1] = b[i];
    }
}

}  // namespace

EventRow::EventRow(const Conv& conv)
    : columns_(conv.width),
      channels_(conv.channels),
      events_(conv.width * conv.channels),
      line_(events_.size()),
      fired_((events_.size() + word - 1) / word * word) {
    const std::size_t stride = conv.kernel * conv.kernel * conv.features;
    for (std::size_t i = 0; i < events_.size(); ++i) {
        const std::size_t weights = i % channels_ * stride;
        places_.push_back({static_cast<std::uint32_t>(i / channels_), static_cast<std::uint32_t>(weights), 0});
    }
}

std::span<const RowEvent> EventRow::read(const FrameView& frame, std::size_t row) {
    const float* const line = side_by_side(frame, row);
    mark(line, places_.size(), fired_.data());
    RowEvent* event = events_.data();
    for (std::size_t at = 0; at < fired_.size(); at += word) {
        std::uint64_t left;
        std::memcpy(&left, &fired_[at], sizeof left);
        for (; left != 0; left &= left - 1) {
            const std::size_t i = at + static_cast<std::size_t>(std::countr_zero(left)) / 8;
            *event = places_[i];
            event->value = line[i];
            ++event;
        }
    }
    return {events_.data(), event};
}

/// Give the values of a row with channels last.
const float* EventRow::side_by_side(const FrameView& frame, std::size_t row) {
    const float* const values = frame.values + row * frame.row_stride;
    if (frame.channel_stride == 1 && frame.column_stride == channels_) return values;
    if (channels_ == 2 && frame.column_stride == 1) {
        interleave_two(values, values + frame.channel_stride, columns_, line_.data());
        return line_.data();
    }
    for (std::size_t i = 0; i < line_.size(); ++i) {
        line_[i] = values[i / channels_ * frame.column_stride + i % channels_ * frame.channel_stride];
    }
    return line_.data();
}

}  // namespace aestream::snn
