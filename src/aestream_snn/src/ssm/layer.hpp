// One layer of an Event-SSM, fed row by row: its weights, and what it remembers between rows.
#pragma once

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

#include "decay_table.hpp"
#include "matrix.hpp"

namespace aestream::ssm {

enum class Pooling { last, avg, time };

/// The weights of a layer as Python hands them over: row after row, unpadded.
struct LayerSpec {
    std::size_t into = 0, out = 0, stride = 1;
    bool layer_norm = true;                          ///< else scale and bias hold all of the norm
    std::vector<std::complex<double>> rates, gains;  ///< per tick; gains only for zoh
    std::vector<float> norm_scale, norm_bias;        ///< (into)
    std::vector<float> b;                            ///< (2, states, into): real parts, imaginary parts
    std::vector<float> c;                            ///< (out, 2, states), such that y = c (re, im)
    std::vector<float> d;                            ///< (out), or (out, into) where these differ
    std::vector<float> gate, gate_bias;              ///< (out, out), (out)
    std::vector<float> skip, skip_bias;              ///< (out, into), (out); empty where the width stays
};

/// What a layer carries from row to row.
struct LayerState {
    Floats h;          ///< state: real parts, imaginary parts
    Floats first;      ///< the state after the first row of the window
    Floats skip, u;    ///< weighted sums over the window, of the input and of the normalised input
    float weight = 0;  ///< sum of the weights
    float centre = 0;  ///< weighted sum of mean over deviation, where `u` is kept before the norm
    std::uint64_t ticks = 0;
    std::size_t count = 0;
};

/// Rows of features with the gap before each.
struct Rows {
    Floats x;
    std::vector<std::uint64_t> ticks;
    std::size_t size = 0;
};

/// Windows that filled up: the first state, and the pooled inputs.
struct Filled {
    Floats first, skip, u;
    std::vector<std::uint64_t> ticks;
    std::size_t size = 0;
    void reserve(std::size_t rows, std::size_t states, std::size_t into);
};

class Layer {
public:
    static constexpr float epsilon_ms = 1e-6F;

    Layer(const LayerSpec& spec, Pooling pooling, float tick_ms);

    [[nodiscard]] LayerState start() const;
    /// Feed rows; give those that come out. Scratch memory is kept in the layer, so one thread at a time.
    const Rows& push(const Rows& in, LayerState& state);
    /// Finish windows: y = C h + D u, gate, way around.
    const Rows& finish(const Filled& windows);

    void normalise(const float* x, std::size_t rows, float* u) const;
    [[nodiscard]] const Matrix& b() const { return b_; }
    [[nodiscard]] const DecayTable& decays() const { return decays_; }
    [[nodiscard]] std::size_t into() const { return into_; }
    [[nodiscard]] std::size_t used() const { return used_; }
    [[nodiscard]] std::size_t out() const { return out_; }
    [[nodiscard]] std::size_t stride() const { return stride_; }
    /// Weight in the window of the row that arrives.
    [[nodiscard]] float weight(const LayerState& state, std::uint64_t ticks) const {
        if (pooling_ == Pooling::avg) return 1.0F;
        if (pooling_ == Pooling::last) return state.count == 0 ? 1.0F : 0.0F;
        return static_cast<float>(ticks) * tick_ms_ + epsilon_ms;
    }
    /// Take a full window over and begin the next.
    void take(LayerState& state, Filled& windows) const;
    [[nodiscard]] Filled& windows(std::size_t rows);
    [[nodiscard]] const Floats& norm_scale() const { return norm_scale_; }
    [[nodiscard]] const Floats& norm_bias() const { return norm_bias_; }
    [[nodiscard]] bool layer_norm() const { return layer_norm_; }

private:
    std::size_t used_, into_, out_, stride_;
    Pooling pooling_;
    float tick_ms_;
    bool layer_norm_;
    Floats norm_scale_, norm_bias_, d_, gate_bias_, skip_bias_;
    Matrix b_, c_, d_matrix_, gate_, skip_;
    DecayTable decays_;
    Filled windows_;
    Rows out_rows_;
    Floats u_, bu_, gelu_, gates_, scratch_;
};

/// h ← A h + G x for one row of planar complex numbers.
SSM_INLINE void advance(float* h, const float* decay, const float* x, std::size_t states, bool has_gain) {
    constexpr std::size_t wide = lanes<float>;
    for (std::size_t p = 0; p < states; p += wide) {
        const Lanes<float> ar = load(decay + p), ai = load(decay + states + p);
        const Lanes<float> hr = load(h + p), hi = load(h + states + p);
        Lanes<float> xr = load(x + p), xi = load(x + states + p);
        if (has_gain) {
            const Lanes<float> gr = load(decay + 2 * states + p), gi = load(decay + 3 * states + p);
            const Lanes<float> real = gr * xr - gi * xi;
            xi = gr * xi + gi * xr;
            xr = real;
        }
        store(h + p, ar * hr + (xr - ai * hi));
        store(h + states + p, ar * hi + (ai * hr + xi));
    }
}

}  // namespace aestream::ssm
