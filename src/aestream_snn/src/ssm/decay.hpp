// What is left of states after irregular gaps, exp(rate gap), and its gradient; single precision.
#pragma once

#include <cstddef>

namespace aestream::ssm {

/// Write (count, states) complex numbers for (states) complex rates and (count) gaps.
void decay(const float* rates, const float* gaps, std::size_t count, std::size_t states, float* out);

/// Write the gradient of the rates: the sum over gaps of gap conj(out) grad.
void decay_backward(const float* gaps, const float* out, const float* grad, std::size_t count, std::size_t states,
                    float* grad_rates);

}  // namespace aestream::ssm
