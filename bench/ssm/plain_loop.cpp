// The scan as one would write it down: the baseline that a compiler gives.
#include <cstddef>

extern "C" void forward(const float* a, const float* x, float* h, std::size_t batch, std::size_t length,
                        std::size_t states) {
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t t = 0; t < length; ++t) {
            for (std::size_t p = 0; p < states; ++p) {
                const std::size_t i = 2 * ((b * length + t) * states + p), j = i - 2 * states;
                const float real = t ? h[j] : 0, imaginary = t ? h[j + 1] : 0;
                h[i] = a[i] * real - a[i + 1] * imaginary + x[i];
                h[i + 1] = a[i] * imaginary + a[i + 1] * real + x[i + 1];
            }
        }
    }
}

extern "C" void backward(const float* a, const float* h, const float* grad, float* grad_a, float* grad_x,
                         std::size_t batch, std::size_t length, std::size_t states) {
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t t = length; t-- > 0;) {
            for (std::size_t p = 0; p < states; ++p) {
                const std::size_t i = 2 * ((b * length + t) * states + p), j = i + 2 * states, k = i - 2 * states;
                const bool last = t + 1 == length;
                const float gr = last ? 0 : a[j] * grad_x[j] + a[j + 1] * grad_x[j + 1];
                const float gi = last ? 0 : a[j] * grad_x[j + 1] - a[j + 1] * grad_x[j];
                grad_x[i] = grad[i] + gr;
                grad_x[i + 1] = grad[i + 1] + gi;
                grad_a[i] = t ? grad_x[i] * h[k] + grad_x[i + 1] * h[k + 1] : 0;
                grad_a[i + 1] = t ? grad_x[i + 1] * h[k] - grad_x[i] * h[k + 1] : 0;
            }
        }
    }
}
