#include "decay.hpp"

#include <algorithm>
#include <cmath>

#include "memory.hpp"
#include "pointwise.hpp"

namespace aestream::ssm {
namespace {

constexpr std::size_t wide = lanes<float>;
/// Angles up to here keep their accuracy in the vectors' range reduction.
constexpr float largest_angle = 8192.0F;

/// Rates in planes, padded with zeros.
struct Planes {
    Floats real, imaginary;
    float fastest = 0;
};

Planes planes(const float* rates, std::size_t states) {
    Planes out;
    out.real.resize(padded(states));
    out.imaginary.resize(padded(states));
    for (std::size_t p = 0; p < states; ++p) {
        out.real[p] = rates[2 * p];
        out.imaginary[p] = rates[2 * p + 1];
        out.fastest = std::max(out.fastest, std::abs(rates[2 * p + 1]));
    }
    return out;
}

template <int First>
SSM_INLINE Order<float> zip() {
    Order<float> order{};
    for (int i = 0; i < 16; ++i) order[i] = First + i / 2 + i % 2 * 16;
    return order;
}

/// One row exactly, for angles that vectors do not take.
void exact_row(const Planes& rates, float gap, std::size_t states, float* out) {
    for (std::size_t p = 0; p < states; ++p) {
        const float size = std::exp(rates.real[p] * gap), angle = rates.imaginary[p] * gap;
        out[2 * p] = size * std::cos(angle);
        out[2 * p + 1] = size * std::sin(angle);
    }
}

SSM_CLONES void decay_row(const float* real, const float* imaginary, float gap, std::size_t states, float* out) {
    for (std::size_t p = 0; p < states; p += wide) {
        Lanes<float> sine, cosine;
        sine_cosine(load(imaginary + p) * gap, sine, cosine);
        const Lanes<float> size = exp(load(real + p) * gap);
        const Lanes<float> re = size * cosine, im = size * sine;
        const Lanes<float> low = __builtin_shuffle(re, im, zip<0>()), high = __builtin_shuffle(re, im, zip<8>());
        if (p + wide <= states) {
            store(out + 2 * p, low);
            store(out + 2 * p + wide, high);
            continue;
        }
        float rest[2 * wide];
        store(rest, low);
        store(rest + wide, high);
        std::copy_n(rest, 2 * (states - p), out + 2 * p);
    }
}

SSM_CLONES void add_rows(const float* gaps, const float* out, const float* grad, std::size_t count, std::size_t size,
                         float* sums) {
    for (; count-- > 0; ++gaps, out += size, grad += size) {
        std::size_t i = 0;
        for (; i + wide <= size; i += wide)
            store(sums + i,
                  load(sums + i) + *gaps * multiply_add<float, true>(load(out + i), load(grad + i), Lanes<float>{}));
        for (; i < size; i += 2) {
            sums[i] += *gaps * (out[i] * grad[i] + out[i + 1] * grad[i + 1]);
            sums[i + 1] += *gaps * (out[i] * grad[i + 1] - out[i + 1] * grad[i]);
        }
    }
}

}  // namespace

void decay(const float* rates, const float* gaps, std::size_t count, std::size_t states, float* out) {
    const Planes all = planes(rates, states);
    for (std::size_t row = 0; row < count; ++row, out += 2 * states) {
        if (std::abs(gaps[row]) * all.fastest < largest_angle)
            decay_row(all.real.data(), all.imaginary.data(), gaps[row], states, out);
        else
            exact_row(all, gaps[row], states, out);
    }
}

void decay_backward(const float* gaps, const float* out, const float* grad, std::size_t count, std::size_t states,
                    float* grad_rates) {
    constexpr std::size_t rows = 256;  // summed in single precision before they go into the double sums
    const std::size_t size = 2 * states;
    std::vector<double> totals(size);
    Floats sums(size);
    for (std::size_t row = 0; row < count; row += rows) {
        std::fill(sums.begin(), sums.end(), 0.0F);
        add_rows(gaps + row, out + row * size, grad + row * size, std::min(rows, count - row), size, sums.data());
        for (std::size_t i = 0; i < size; ++i) totals[i] += static_cast<double>(sums[i]);
    }
    std::transform(totals.begin(), totals.end(), grad_rates, [](double value) { return static_cast<float>(value); });
}

}  // namespace aestream::ssm
