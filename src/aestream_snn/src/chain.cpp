#include "chain.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "aestream_core/multiversion.hpp"
#include "pooling.hpp"

namespace aestream::snn {

namespace {

#define AESTREAM_INLINE [[gnu::always_inline]] inline

constexpr std::size_t lane = 8;
using Lane [[gnu::vector_size(lane * sizeof(float)), gnu::aligned(alignof(float)), gnu::may_alias]] = float;

/// Add events of one place, times the weights of their runs, to `vectors` * lane neighbouring floats, which stay in
/// registers meanwhile.
template <std::size_t vectors>
AESTREAM_INLINE void add_place(std::span<const RowEvent> events, const float* weights, float* out) {
    Lane* const lanes = reinterpret_cast<Lane*>(out);
    Lane sums[vectors == 0 ? 1 : vectors];
#pragma GCC unroll 12
    for (std::size_t i = 0; i < vectors; ++i) sums[i] = lanes[i];
    for (const RowEvent& event : events) {
        const Lane* const taken = reinterpret_cast<const Lane*>(weights + event.weights);
#pragma GCC unroll 12
        for (std::size_t i = 0; i < vectors; ++i) sums[i] += event.value * taken[i];
    }
#pragma GCC unroll 12
    for (std::size_t i = 0; i < vectors; ++i) lanes[i] = sums[i];
}

AESTREAM_INLINE void add_any(std::span<const RowEvent> events, const float* weights, float* __restrict out,
                             std::size_t length) {
    for (const RowEvent& event : events) {
        for (std::size_t i = 0; i < length; ++i) out[i] += event.value * weights[event.weights + i];
    }
}

/// Where a row of events is added to: rows of currents, each through its row of the kernel.
struct Rows {
    std::span<float* const> currents;
    const float* weights;  ///< of the row of the kernel for the first row of currents
    std::size_t next;      ///< from the weights of a row of the kernel to those of the next
    std::size_t features;
};

/// Add a row of events; `vectors` is how many hold a whole run of taps, 0 where they are odd.
template <std::size_t vectors>
AESTREAM_INLINE void add_row(std::span<const RowEvent> events, const Runs& columns, const Rows& rows) {
    const RowEvent* const end = events.data() + events.size();
    const std::size_t features = rows.features, next_row = rows.next;
    float* const* const to = rows.currents.data();
    const std::size_t count = rows.currents.size();
    for (const RowEvent* begin = events.data(); begin != end;) {
        const RowEvent* next = begin + 1;
        while (next != end && next->column == begin->column) ++next;
        for (const Run& run : columns.of(begin->column)) {
            const std::size_t length = run.length * features, at = run.out * features;
            const float* weights = rows.weights + run.tap * features;
            if (vectors != 0 && length == vectors * lane) [[likely]] {
                for (std::size_t i = 0; i < count; ++i, weights += next_row) {
                    add_place<vectors>({begin, next}, weights, to[i] + at);
                }
            } else {
                for (std::size_t i = 0; i < count; ++i, weights += next_row) {
                    add_any({begin, next}, weights, to[i] + at, length);
                }
            }
        }
        begin = next;
    }
}

#define AESTREAM_ADD_ROW(name, vectors)                                                                        \
    AESTREAM_MULTIVERSION void name(std::span<const RowEvent> events, const Runs& columns, const Rows& rows) { \
        add_row<vectors>(events, columns, rows);                                                               \
    }
AESTREAM_ADD_ROW(add_row_any, 0)
AESTREAM_ADD_ROW(add_row_8, 1)
AESTREAM_ADD_ROW(add_row_16, 2)
AESTREAM_ADD_ROW(add_row_24, 3)
AESTREAM_ADD_ROW(add_row_32, 4)
AESTREAM_ADD_ROW(add_row_48, 6)
AESTREAM_ADD_ROW(add_row_96, 12)

using AddRow = void (*)(std::span<const RowEvent>, const Runs&, const Rows&);

AddRow add_row_of(const Conv& conv) {
    switch (conv.features * (conv.stride == 1 ? conv.kernel : 1)) {
        case 8:
            return &add_row_8;
        case 16:
            return &add_row_16;
        case 24:
            return &add_row_24;
        case 32:
            return &add_row_32;
        case 48:
            return &add_row_48;
        case 96:
            return &add_row_96;
        default:
            return &add_row_any;
    }
}

/// Round the features of a dense layer up to whole vectors; currents of more than one place lie without gaps.
Conv padded(Conv conv) {
    if (conv.out_height() * conv.out_width() == 1) conv.features = (conv.features + lane - 1) / lane * lane;
    return conv;
}

std::vector<float> packed(const Conv& conv, const Conv& wide, std::span<const float> weights) {
    std::vector<float> out(wide.weights_size());
    for_each_weight(conv, [&](std::size_t from, std::size_t to) {
        out[to / conv.features * wide.features + to % conv.features] = weights[from];
    });
    return out;
}

}  // namespace

ChainLayer::ChainLayer(const Conv& conv, const Neuron& neuron, std::size_t pool, std::span<const float> weights,
                       std::span<float> v, std::span<float> spikes)
    : conv_(padded(conv)),
      neuron_(neuron),
      maps_{1, conv.out_height(), conv.out_width(), conv.features, pool},
      weights_(packed(conv, conv_, weights)),
      runs_(conv_),
      events_(conv_),
      row_size_(conv_.out_width() * conv_.features),
      current_(conv_.kernel * row_size_),
      reached_(conv_.kernel),
      fired_(row_size_),
      v_(v),
      spikes_(spikes) {}

/// How many rows of currents no row of the input from `row` on reaches.
std::size_t ChainLayer::complete_before(std::size_t row) const {
    const std::size_t behind = row + conv_.padding;
    return behind < conv_.kernel ? 0 : std::min((behind - conv_.kernel) / conv_.stride + 1, maps_.height);
}

void ChainLayer::add_events(const FrameView& frame, std::size_t row) {
    const std::span<const RowEvent> events = events_.read(frame, row);
    if (events.empty()) return;
    for (const Run& run : runs_.rows.of(row)) {
        for (std::size_t i = 0; i < run.length; ++i) reached_[i] = currents(run.out + i);
        const std::size_t next = conv_.kernel * conv_.features;
        const Rows rows{{reached_.data(), run.length}, weights_.data() + run.tap * next, next, conv_.features};
        add_row_of(conv_)(events, runs_.columns, rows);
    }
}

void ChainLayer::finish_row(std::size_t row) {
    float* const fired = maps_.pool > 1 ? fired_.data() : &spikes_[row * maps_.row()];
    advance_of(neuron_)(neuron_, maps_.row(), currents(row), &v_[row * maps_.row()], fired);
    if (maps_.pool > 1) pool_row(maps_, row, fired, spikes_);
    std::fill_n(currents(row), row_size_, 0.F);
}

void ChainLayer::step(const FrameView& frame) {
    if (maps_.pool > 1) std::ranges::fill(spikes_, 0.F);
    std::size_t done = 0;
    for (std::size_t row = 0; row < conv_.height; ++row) {
        while (done < complete_before(row)) finish_row(done++);
        add_events(frame, row);
    }
    while (done < maps_.height) finish_row(done++);
}

void Chain::step(const FrameView& frame) {
    FrameView given = frame;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        layers_[i].step(given);
        if (i + 1 < layers_.size()) given = FrameView::dense(layers_[i].spikes().data(), layers_[i + 1].conv());
    }
}

}  // namespace aestream::snn
