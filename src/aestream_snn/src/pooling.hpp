// Sums of spikes over windows, row by row of maps whose channels lie side by side.
#pragma once

#include <cstddef>
#include <span>

#include "neuron.hpp"

namespace aestream::snn {

/// Add the spikes of row `row` of all maps to the pooled sums; rows of incomplete windows add nothing.
void pool_row(const Maps& maps, std::size_t row, const float* spikes, std::span<float> pooled);

/// Give each neuron of row `row` what its window has in `pooled`; 0 to those in none.
void spread_pooled(const Maps& maps, std::size_t row, std::span<const float> pooled, float* out);

}  // namespace aestream::snn
