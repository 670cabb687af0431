// The scan of a diagonal complex state-space model, h_t = a_t h_{t-1} + x_t, and its gradients.
#pragma once

#include <cstddef>

namespace aestream::ssm {

/// (batch, length, states) complex numbers, real and imaginary part side by side.
struct ScanShape {
    std::size_t batch, length, states;
};

/// Compute the states; `initial` is (batch, states). Samples and blocks of states are shared among `threads`.
template <typename T>
void scan(const T* a, const T* x, const T* initial, T* h, ScanShape shape, unsigned threads);

/// Compute the gradients of `a` and `x` from that of `h`: g_t = grad_t + conj(a_{t+1}) g_{t+1}.
template <typename T>
void scan_backward(const T* a, const T* h, const T* initial, const T* grad, T* grad_a, T* grad_x, ScanShape shape,
                   unsigned threads);

}  // namespace aestream::ssm
