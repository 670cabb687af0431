#include "scan.hpp"

#include <algorithm>
#include <thread>
#include <vector>

#include "complex_lanes.hpp"

namespace aestream::ssm {
namespace {

/// One run of neighbouring states of one sample: `offset` numbers from the sample's start.
struct Strip {
    std::size_t sample, offset, vectors, rest;  ///< whole vectors, or `rest` complex numbers where vectors is 0
};

constexpr std::size_t past_cache_bytes = std::size_t{4} << 20;

/// Eight vectors keep 64 complex64 states in registers.
constexpr std::size_t largest = 8;

template <typename T>
std::vector<Strip> strips(ScanShape shape, unsigned threads) {
    std::vector<Strip> out;
    const std::size_t wide = threads > shape.batch ? largest / 2 : largest;
    for (std::size_t sample = 0; sample < shape.batch; ++sample) {
        std::size_t done = 0, vectors = 2 * shape.states / lanes<T>;
        for (std::size_t size = wide; size > 0; size /= 2) {
            for (; vectors >= size; vectors -= size, done += size * lanes<T>) out.push_back({sample, done, size, 0});
        }
        if (done < 2 * shape.states) out.push_back({sample, done, 0, shape.states - done / 2});
    }
    return out;
}

template <typename T, std::size_t N, bool Past>
SSM_INLINE void forward_vectors(const T* a, const T* x, const T* initial, T* h, std::size_t length, std::size_t step) {
    Lanes<T> state[N];
    for (std::size_t n = 0; n < N; ++n) state[n] = load(initial + n * lanes<T>);
    for (std::size_t t = 0; t < length; ++t, a += step, x += step, h += step) {
#pragma GCC unroll 8
        for (std::size_t n = 0; n < N; ++n) {
            const std::size_t at = n * lanes<T>;
            state[n] = multiply_add<T, false>(load(a + at), state[n], load(x + at));
            put<T, Past>(h + at, state[n]);
        }
    }
}

template <typename T>
SSM_INLINE void forward_scalar(const T* a, const T* x, const T* initial, T* h, ScanShape shape, std::size_t states) {
    const std::size_t step = 2 * shape.states;
    for (std::size_t p = 0; p < 2 * states; p += 2) {
        T real = initial[p], imaginary = initial[p + 1];
        for (std::size_t t = 0, i = p; t < shape.length; ++t, i += step) {
            const T next = a[i] * real - a[i + 1] * imaginary + x[i];
            imaginary = a[i] * imaginary + a[i + 1] * real + x[i + 1];
            h[i] = real = next;
            h[i + 1] = imaginary;
        }
    }
}

template <typename T, bool Past>
SSM_INLINE void forward_strip(const T* a, const T* x, const T* initial, T* h, ScanShape shape, const Strip& strip) {
    const std::size_t step = 2 * shape.states, at = strip.sample * shape.length * step + strip.offset;
    initial += strip.sample * step + strip.offset;
    switch (strip.vectors) {
        case 8:
            return forward_vectors<T, 8, Past>(a + at, x + at, initial, h + at, shape.length, step);
        case 4:
            return forward_vectors<T, 4, Past>(a + at, x + at, initial, h + at, shape.length, step);
        case 2:
            return forward_vectors<T, 2, Past>(a + at, x + at, initial, h + at, shape.length, step);
        case 1:
            return forward_vectors<T, 1, Past>(a + at, x + at, initial, h + at, shape.length, step);
        default:
            return forward_scalar(a + at, x + at, initial, h + at, shape, strip.rest);
    }
}

/// Where the backward pass reads and writes.
template <typename T>
struct Gradients {
    const T *a, *h, *initial, *grad;
    T *grad_a, *grad_x;
};

/// Steps that the backward pass, which hardware prefetches badly, asks for ahead.
constexpr std::size_t distance = 16;

template <typename T>
SSM_INLINE void fetch(const Gradients<T>& g, std::size_t at) {
    __builtin_prefetch(g.a + at);
    __builtin_prefetch(g.h + at);
    __builtin_prefetch(g.grad + at);
}

template <typename T, std::size_t N, bool Past>
SSM_INLINE void backward_vectors(const Gradients<T>& g, std::size_t length, std::size_t step) {
    Lanes<T> sum[N] = {};
    for (std::size_t t = length, row = (length - 1) * step; t-- > 0; row -= step) {
        const T* before = t > 0 ? g.h + row - step : g.initial;
        const bool ahead = t > distance;
#pragma GCC unroll 8
        for (std::size_t n = 0; n < N; ++n) {
            const std::size_t at = n * lanes<T>;
            if (ahead) fetch(g, row + at - distance * step);
            const Lanes<T> now = sum[n] + load(g.grad + row + at);
            put<T, Past>(g.grad_x + row + at, now);
            put<T, Past>(g.grad_a + row + at, multiply_add<T, true>(load(before + at), now, Lanes<T>{}));
            sum[n] = multiply_add<T, true>(load(g.a + row + at), now, Lanes<T>{});
        }
    }
}

template <typename T>
SSM_INLINE void backward_scalar(const Gradients<T>& g, ScanShape shape, std::size_t states) {
    const std::size_t step = 2 * shape.states;
    for (std::size_t p = 0; p < 2 * states; p += 2) {
        T real = 0, imaginary = 0;
        for (std::size_t t = shape.length, i = (shape.length - 1) * step + p; t-- > 0; i -= step) {
            const T* before = t > 0 ? g.h + i - step : g.initial + p;
            real += g.grad[i];
            imaginary += g.grad[i + 1];
            g.grad_x[i] = real;
            g.grad_x[i + 1] = imaginary;
            g.grad_a[i] = real * before[0] + imaginary * before[1];
            g.grad_a[i + 1] = imaginary * before[0] - real * before[1];
            const T next = g.a[i] * real + g.a[i + 1] * imaginary;
            imaginary = g.a[i] * imaginary - g.a[i + 1] * real;
            real = next;
        }
    }
}

template <typename T, bool Past>
SSM_INLINE void backward_strip(Gradients<T> g, ScanShape shape, const Strip& strip) {
    const std::size_t step = 2 * shape.states, at = strip.sample * shape.length * step + strip.offset;
    g = {g.a + at, g.h + at, g.initial + strip.sample * step + strip.offset, g.grad + at, g.grad_a + at, g.grad_x + at};
    switch (strip.vectors) {
        case 8:
            return backward_vectors<T, 8, Past>(g, shape.length, step);
        case 4:
            return backward_vectors<T, 4, Past>(g, shape.length, step);
        case 2:
            return backward_vectors<T, 2, Past>(g, shape.length, step);
        case 1:
            return backward_vectors<T, 1, Past>(g, shape.length, step);
        default:
            return backward_scalar(g, shape, strip.rest);
    }
}

// Clones must not be templates.
SSM_CLONES void run(const float* a, const float* x, const float* initial, float* h, ScanShape shape, Strip strip) {
    forward_strip<float, false>(a, x, initial, h, shape, strip);
}
SSM_CLONES void run(Gradients<float> g, ScanShape shape, Strip strip) { backward_strip<float, false>(g, shape, strip); }
SSM_CLONES void run(const double* a, const double* x, const double* initial, double* h, ScanShape shape, Strip strip) {
    forward_strip<double, false>(a, x, initial, h, shape, strip);
}
SSM_CLONES void run(Gradients<double> g, ScanShape shape, Strip strip) {
    backward_strip<double, false>(g, shape, strip);
}
SSM_CLONES void run_past(const float* a, const float* x, const float* initial, float* h, ScanShape shape, Strip strip) {
    forward_strip<float, true>(a, x, initial, h, shape, strip);
}
SSM_CLONES void run_past(Gradients<float> g, ScanShape shape, Strip strip) {
    backward_strip<float, true>(g, shape, strip);
}
SSM_CLONES void run_past(const double* a, const double* x, const double* initial, double* h, ScanShape shape,
                         Strip strip) {
    forward_strip<double, true>(a, x, initial, h, shape, strip);
}
SSM_CLONES void run_past(Gradients<double> g, ScanShape shape, Strip strip) {
    backward_strip<double, true>(g, shape, strip);
}

/// Whether results are so many that they should not go through the cache: a write then costs no read.
template <typename T>
bool goes_past(const T* to, ScanShape shape) {
    const std::size_t row = 2 * shape.states * sizeof(T);
    return reinterpret_cast<std::uintptr_t>(to) % 16 == 0 && row % 16 == 0 &&
           shape.batch * shape.length * row > past_cache_bytes;
}

/// Give each thread every n-th strip.
template <typename Work>
void share(const std::vector<Strip>& all, unsigned threads, const Work& work) {
    const std::size_t count = std::min<std::size_t>(std::max(1U, threads), all.size());
    const auto every = [&](std::size_t first) {
        for (std::size_t i = first; i < all.size(); i += count) work(all[i]);
        fence();
    };
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < count; ++i) others.emplace_back(every, i);
    every(0);
}

}  // namespace

template <typename T>
void scan(const T* a, const T* x, const T* initial, T* h, ScanShape shape, unsigned threads) {
    if (shape.length == 0) return;
    const bool past = goes_past(h, shape);
    share(strips<T>(shape, threads), threads, [&](const Strip& strip) {
        past ? run_past(a, x, initial, h, shape, strip) : run(a, x, initial, h, shape, strip);
    });
}

template <typename T>
void scan_backward(const T* a, const T* h, const T* initial, const T* grad, T* grad_a, T* grad_x, ScanShape shape,
                   unsigned threads) {
    if (shape.length == 0) return;
    const Gradients<T> g{a, h, initial, grad, grad_a, grad_x};
    const bool past = goes_past(grad_x, shape) && goes_past(grad_a, shape);
    share(strips<T>(shape, threads), threads,
          [&](const Strip& strip) { past ? run_past(g, shape, strip) : run(g, shape, strip); });
}

template void scan(const float*, const float*, const float*, float*, ScanShape, unsigned);
template void scan(const double*, const double*, const double*, double*, ScanShape, unsigned);
template void scan_backward(const float*, const float*, const float*, const float*, float*, float*, ScanShape,
                            unsigned);
template void scan_backward(const double*, const double*, const double*, const double*, double*, double*, ScanShape,
                            unsigned);

}  // namespace aestream::ssm
