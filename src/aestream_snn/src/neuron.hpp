// Spiking neurons over one time step, forward and backward, fused with the sum over pooling windows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace aestream::snn {

enum class Surrogate : std::uint8_t { exponential, triangle, fast_sigmoid };

/// One population of neurons. v' = decay v + gain I; then spikes, reset and the lower bound.
struct Neuron {
    float threshold = 1;
    float decay = 1;      ///< of the membrane in one step; 1 does not leak
    float gain = 1;       ///< of the input current
    float min_v;          ///< lower bound after the reset; -infinity where there is none
    bool multi_spike;     ///< floor(v / threshold) spikes in a step, else one
    bool subtract;        ///< reset by spikes times threshold, else to 0
    Surrogate surrogate;  ///< shape of d spikes / d v, around every multiple of the threshold where multi_spike
    float width;          ///< of the surrogate, in units of v
    float scale;          ///< factor on the surrogate
};

/// Batches of maps whose channels lie side by side (channels last). Where nothing is pooled, any shape as one row.
struct Maps {
    std::size_t batch, height, width, channels;
    std::size_t pool;  ///< side of the windows that are summed, 1 for none; incomplete windows give no output

    [[nodiscard]] std::size_t row() const { return width * channels; }
    [[nodiscard]] std::size_t size() const { return batch * height * row(); }
    [[nodiscard]] std::size_t pooled_size() const { return batch * (height / pool) * (width / pool) * channels; }
};

/// Step all neurons. `spikes` holds pooled_size() sums, the others size() values. `v` may be `v_before`.
/// `v_pre`, the membrane before spikes and reset, is what backward() needs; empty where nobody does.
void forward(const Neuron& neuron, const Maps& maps, std::span<const float> current, std::span<const float> v_before,
             std::span<float> v_pre, std::span<float> v, std::span<float> spikes);

/// Gradient of v_pre, from those of the pooled spikes and of v; either may be empty, which is zero.
void backward(const Neuron& neuron, const Maps& maps, std::span<const float> v_pre, std::span<const float> spikes_grad,
              std::span<const float> v_grad, std::span<float> v_pre_grad);

/// Step a row of neurons in place: (neuron, how many, currents, membranes, spikes out).
using AdvanceRow = void (*)(const Neuron&, std::size_t, const float*, float*, float*);

/// The function for neurons of this kind; it does what forward() does.
[[nodiscard]] AdvanceRow advance_of(const Neuron& neuron);

}  // namespace aestream::snn
