#include "neuron.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "aestream_core/multiversion.hpp"
#include "pooling.hpp"

namespace aestream::snn {

namespace {

// Inlined into every clone of a multiversion function, or it would be compiled for the oldest machine only.
#define AESTREAM_INLINE [[gnu::always_inline]] inline

/// exp(x) for x <= 0 to 2e-6 relative, from arithmetic that vectorises.
AESTREAM_INLINE float exp_negative(float x) {
    const float scaled = std::max(x, -80.F) * 1.4426950408889634F;
    const float whole = static_cast<float>(static_cast<std::int32_t>(scaled - 0.5F));
    const float part = (scaled - whole) * 0.6931471805599453F;
    const float power =
        1 + part * (1 + part * (0.5F + part * (1 / 6.F + part * (1 / 24.F + part * (1 / 120.F + part / 720)))));
    std::int32_t bits = (static_cast<std::int32_t>(whole) + 127) << 23;
    float exponent;
    std::memcpy(&exponent, &bits, sizeof exponent);
    return power * exponent;
}

AESTREAM_INLINE float truncated(float x) { return static_cast<float>(static_cast<std::int32_t>(x)); }

template <bool multi>
AESTREAM_INLINE float spikes_of(float v, float threshold, float per_threshold) {
    if constexpr (multi) return truncated(std::max(v, 0.F) * per_threshold);
    return v >= threshold ? 1.F : 0.F;
}

template <bool subtract>
AESTREAM_INLINE float reset(float v, float spikes, float threshold) {
    if constexpr (subtract) return v - spikes * threshold;
    return spikes > 0 ? 0.F : v;
}

/// Distance of v from where the next or the last spike is, whichever is nearer: 0 at each multiple of the threshold.
template <bool multi>
AESTREAM_INLINE float distance(float v, float threshold, float per_threshold) {
    if constexpr (!multi) return std::fabs(v - threshold);
    const float nearest = std::max(truncated(std::max(v, 0.F) * per_threshold + 0.5F), 1.F);
    return std::fabs(v - nearest * threshold);
}

template <Surrogate surrogate>
AESTREAM_INLINE float slope(float distance, float per_width) {
    const float reach = distance * per_width;
    if constexpr (surrogate == Surrogate::exponential) return exp_negative(-reach);
    if constexpr (surrogate == Surrogate::triangle) return std::max(1 - reach, 0.F);
    const float fall = 1 + reach;
    return 1 / (fall * fall);
}

template <bool multi, bool subtract>
AESTREAM_INLINE void step_row(const Neuron& n, std::size_t count, const float* __restrict current,
                              const float* v_before, float* __restrict v_pre, float* v, float* __restrict spikes) {
    const float per_threshold = 1 / n.threshold;
    for (std::size_t i = 0; i < count; ++i) {
        const float before = n.decay * v_before[i] + n.gain * current[i];
        const float fired = spikes_of<multi>(before, n.threshold, per_threshold);
        v_pre[i] = before;
        spikes[i] = fired;
        v[i] = std::max(reset<subtract>(before, fired, n.threshold), n.min_v);
    }
}

template <bool multi, bool subtract>
AESTREAM_INLINE void advance_row(const Neuron& n, std::size_t count, const float* __restrict current,
                                 float* __restrict v, float* __restrict spikes) {
    const float per_threshold = 1 / n.threshold;
    for (std::size_t i = 0; i < count; ++i) {
        const float before = n.decay * v[i] + n.gain * current[i];
        const float fired = spikes_of<multi>(before, n.threshold, per_threshold);
        spikes[i] = fired;
        v[i] = std::max(reset<subtract>(before, fired, n.threshold), n.min_v);
    }
}

template <bool multi, bool subtract, Surrogate surrogate>
AESTREAM_INLINE void grad_row(const Neuron& n, std::size_t count, const float* __restrict v_pre,
                              const float* __restrict spikes_grad, const float* __restrict v_grad,
                              float* __restrict out) {
    const float per_threshold = 1 / n.threshold;
    const float per_width = 1 / n.width;
    for (std::size_t i = 0; i < count; ++i) {
        const float v = v_pre[i];
        const float fired = spikes_of<multi>(v, n.threshold, per_threshold);
        const float rate = n.scale * slope<surrogate>(distance<multi>(v, n.threshold, per_threshold), per_width);
        const float after = reset<subtract>(v, fired, n.threshold);
        const float kept = after >= n.min_v ? v_grad[i] : 0.F;
        const float through = subtract ? kept * (1 - n.threshold * rate) : (fired > 0 ? 0.F : kept) - kept * v * rate;
        out[i] = through + spikes_grad[i] * rate;
    }
}

#define AESTREAM_STEP(name, multi, subtract)                                                                       \
    AESTREAM_MULTIVERSION void name(const Neuron& n, std::size_t count, const float* current, const float* before, \
                                    float* v_pre, float* v, float* spikes) {                                       \
        step_row<multi, subtract>(n, count, current, before, v_pre, v, spikes);                                    \
    }
AESTREAM_STEP(step_single_zero, false, false)
AESTREAM_STEP(step_single_subtract, false, true)
AESTREAM_STEP(step_multi_zero, true, false)
AESTREAM_STEP(step_multi_subtract, true, true)

#define AESTREAM_ADVANCE(name, multi, subtract)                                                         \
    AESTREAM_MULTIVERSION void name(const Neuron& n, std::size_t count, const float* current, float* v, \
                                    float* spikes) {                                                    \
        advance_row<multi, subtract>(n, count, current, v, spikes);                                     \
    }
AESTREAM_ADVANCE(advance_single_zero, false, false)
AESTREAM_ADVANCE(advance_single_subtract, false, true)
AESTREAM_ADVANCE(advance_multi_zero, true, false)
AESTREAM_ADVANCE(advance_multi_subtract, true, true)

#define AESTREAM_GRAD(name, multi, subtract)                                                                \
    AESTREAM_MULTIVERSION void name(const Neuron& n, std::size_t count, const float* v_pre, const float* s, \
                                    const float* v, float* out) {                                           \
        switch (n.surrogate) {                                                                              \
            case Surrogate::exponential:                                                                    \
                return grad_row<multi, subtract, Surrogate::exponential>(n, count, v_pre, s, v, out);       \
            case Surrogate::triangle:                                                                       \
                return grad_row<multi, subtract, Surrogate::triangle>(n, count, v_pre, s, v, out);          \
            case Surrogate::fast_sigmoid:                                                                   \
                return grad_row<multi, subtract, Surrogate::fast_sigmoid>(n, count, v_pre, s, v, out);      \
        }                                                                                                   \
    }
AESTREAM_GRAD(grad_single_zero, false, false)
AESTREAM_GRAD(grad_single_subtract, false, true)
AESTREAM_GRAD(grad_multi_zero, true, false)
AESTREAM_GRAD(grad_multi_subtract, true, true)

using StepRow = void (*)(const Neuron&, std::size_t, const float*, const float*, float*, float*, float*);
using GradRow = void (*)(const Neuron&, std::size_t, const float*, const float*, const float*, float*);

StepRow step_of(const Neuron& n) {
    if (n.multi_spike) return n.subtract ? &step_multi_subtract : &step_multi_zero;
    return n.subtract ? &step_single_subtract : &step_single_zero;
}

GradRow grad_of(const Neuron& n) {
    if (n.multi_spike) return n.subtract ? &grad_multi_subtract : &grad_multi_zero;
    return n.subtract ? &grad_single_subtract : &grad_single_zero;
}

/// Work is done in pieces whose scratch memory stays in the first cache.
constexpr std::size_t piece = 2048;

}  // namespace

AdvanceRow advance_of(const Neuron& n) {
    if (n.multi_spike) return n.subtract ? &advance_multi_subtract : &advance_multi_zero;
    return n.subtract ? &advance_single_subtract : &advance_single_zero;
}

void forward(const Neuron& neuron, const Maps& maps, std::span<const float> current, std::span<const float> v_before,
             std::span<float> v_pre, std::span<float> v, std::span<float> spikes) {
    const StepRow step = step_of(neuron);
    const std::size_t row_size = maps.pool > 1 ? maps.row() : piece;
    std::vector<float> fired(maps.pool > 1 ? row_size : 0);
    std::vector<float> unused(v_pre.empty() ? row_size : 0);
    if (maps.pool > 1) std::ranges::fill(spikes, 0.F);
    for (std::size_t at = 0, row = 0; at < maps.size(); at += row_size, ++row) {
        const std::size_t count = std::min(row_size, maps.size() - at);
        float* const out = maps.pool > 1 ? fired.data() : &spikes[at];
        step(neuron, count, &current[at], &v_before[at], v_pre.empty() ? unused.data() : &v_pre[at], &v[at], out);
        if (maps.pool > 1) pool_row(maps, row, out, spikes);
    }
}

void backward(const Neuron& neuron, const Maps& maps, std::span<const float> v_pre, std::span<const float> spikes_grad,
              std::span<const float> v_grad, std::span<float> v_pre_grad) {
    const GradRow grad = grad_of(neuron);
    const std::size_t row_size = maps.pool > 1 ? maps.row() : piece;
    std::vector<float> spread(maps.pool > 1 || spikes_grad.empty() ? row_size : 0);
    const std::vector<float> zeros(v_grad.empty() ? row_size : 0);
    for (std::size_t at = 0, row = 0; at < maps.size(); at += row_size, ++row) {
        const std::size_t count = std::min(row_size, maps.size() - at);
        const float* of_spikes = spread.data();
        if (maps.pool > 1 && !spikes_grad.empty()) {
            spread_pooled(maps, row, spikes_grad, spread.data());
        } else if (!spikes_grad.empty()) {
            of_spikes = &spikes_grad[at];
        }
        grad(neuron, count, &v_pre[at], of_spikes, v_grad.empty() ? zeros.data() : &v_grad[at], &v_pre_grad[at]);
    }
}

}  // namespace aestream::snn
