#include "matrix.hpp"

#include <stdexcept>

#include "lanes.hpp"

namespace aestream::ssm {
namespace {

constexpr std::size_t wide = lanes<float>;

template <std::size_t Rows>
SSM_INLINE void rows_times_panel(const float* panel, std::size_t in, const float* x, const float* start,
                                 std::size_t start_step, float* y, std::size_t y_step) {
    Lanes<float> left[Rows], right[Rows];
    for (std::size_t r = 0; r < Rows; ++r) {
        left[r] = start ? load(start + r * start_step) : Lanes<float>{};
        right[r] = start ? load(start + r * start_step + wide) : Lanes<float>{};
    }
    for (std::size_t i = 0; i < in; ++i, panel += group) {
        const Lanes<float> a = load(panel), b = load(panel + wide);
#pragma GCC unroll 8
        for (std::size_t r = 0; r < Rows; ++r) {
            left[r] += x[r * in + i] * a;
            right[r] += x[r * in + i] * b;
        }
    }
    for (std::size_t r = 0; r < Rows; ++r) {
        store(y + r * y_step, left[r]);
        store(y + r * y_step + wide, right[r]);
    }
}

SSM_CLONES void product(const Matrix& w, const float* x, std::size_t rows, const float* start, std::size_t start_step,
                        float* y) {
    for (std::size_t panel = 0; panel < w.out; panel += group) {
        const float* weights = w.panels.data() + panel * w.in;
        const auto begin = [&](std::size_t r) { return start ? start + r * start_step + panel : nullptr; };
        std::size_t r = 0;
        for (; r + 8 <= rows; r += 8)
            rows_times_panel<8>(weights, w.in, x + r * w.in, begin(r), start_step, y + r * w.out + panel, w.out);
        for (; r + 4 <= rows; r += 4)
            rows_times_panel<4>(weights, w.in, x + r * w.in, begin(r), start_step, y + r * w.out + panel, w.out);
        for (; r < rows; ++r)
            rows_times_panel<1>(weights, w.in, x + r * w.in, begin(r), start_step, y + r * w.out + panel, w.out);
    }
}

}  // namespace

Matrix::Matrix(std::span<const float> weights, std::size_t outputs, std::size_t inputs)
    : in(padded(inputs)), out(padded(outputs)), panels(in * out) {
    if (weights.size() != outputs * inputs) throw std::invalid_argument("a matrix of another size");
    for (std::size_t o = 0; o < outputs; ++o) {
        for (std::size_t i = 0; i < inputs; ++i)
            panels[(o / group * in + i) * group + o % group] = weights[o * inputs + i];
    }
}

void multiply(const Matrix& w, const float* x, std::size_t rows, const float* start, float* y) {
    product(w, x, rows, start, 0, y);
}

void multiply_onto(const Matrix& w, const float* x, std::size_t rows, float* y) { product(w, x, rows, y, w.out, y); }

}  // namespace aestream::ssm
