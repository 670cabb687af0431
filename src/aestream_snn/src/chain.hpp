// A network of spiking layers that takes one frame after the other: one call a step, with memory taken once.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "conv_runs.hpp"
#include "event_rows.hpp"
#include "neuron.hpp"
#include "sparse_conv.hpp"

namespace aestream::snn {

/// One layer: convolution, neurons, pooling. A dense layer is a convolution of one place.
/// Work goes row by row of the input: its events are added to the rows of currents that they reach, and neurons take a
/// row of currents in as soon as it is complete, so that currents never leave the first cache.
class ChainLayer {
public:
    /// `weights` as conv_forward() takes them, copied. `v`, out_size() membranes, and `spikes`, the pooled sums, are
    /// the caller's, who keeps them as long as the layer.
    ChainLayer(const Conv& conv, const Neuron& neuron, std::size_t pool, std::span<const float> weights,
               std::span<float> v, std::span<float> spikes);

    /// Take a frame: membranes change in place.
    void step(const FrameView& frame);

    [[nodiscard]] std::span<const float> spikes() const { return spikes_; }
    [[nodiscard]] const Conv& conv() const { return conv_; }

private:
    void add_events(const FrameView& frame, std::size_t row);
    void finish_row(std::size_t row);
    [[nodiscard]] std::size_t complete_before(std::size_t row) const;
    [[nodiscard]] float* currents(std::size_t row) { return &current_[row % conv_.kernel * row_size_]; }

    Conv conv_;
    Neuron neuron_;
    Maps maps_;
    std::vector<float> weights_;
    AxisRuns runs_;
    EventRow events_;
    std::size_t row_size_;        ///< currents of a row, with the padding of a dense layer
    std::vector<float> current_;  ///< `kernel` rows in turn: no more are incomplete at a time; 0 between steps
    std::vector<float*> reached_;
    std::vector<float> fired_;
    std::span<float> v_, spikes_;
};

/// Layers in a row.
class Chain {
public:
    /// Add a layer; it must take what the last one gives.
    void add(ChainLayer layer) { layers_.push_back(std::move(layer)); }

    /// Take the frame of the first layer; what every layer gives lies in the memory that it was made with.
    void step(const FrameView& frame);

private:
    std::vector<ChainLayer> layers_;
};

}  // namespace aestream::snn
