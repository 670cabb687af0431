#include "layer.hpp"

#include <algorithm>
#include <cmath>

#include "pointwise.hpp"

namespace aestream::ssm {
namespace {

constexpr std::size_t wide = lanes<float>;

Floats pad(std::span<const float> values, std::size_t size) {
    Floats out(size);
    std::copy(values.begin(), values.end(), out.begin());
    return out;
}

void grow(Floats& array, std::size_t size) {
    if (array.size() < size) array.resize(size);
}

/// Lay (rows, 2, states) or (2, states, columns) numbers out with the states of each half padded.
std::vector<float> spread(std::span<const float> from, std::size_t halves, std::size_t states, std::size_t columns) {
    const std::size_t wider = padded(states);
    std::vector<float> out(halves * wider * columns);
    for (std::size_t half = 0; half < halves; ++half) {
        for (std::size_t i = 0; i < states * columns; ++i)
            out[half * wider * columns + i] = from[half * states * columns + i];
    }
    return out;
}

SSM_CLONES void normalise_rows(const float* x, std::size_t rows, std::size_t into, std::size_t used, const float* scale,
                               const float* bias, bool layer_norm, float* u) {
    for (; rows-- > 0; x += into, u += into) {
        float mean = 0, inverse = 1;
        if (layer_norm) {
            Lanes<float> sum{}, squares{};
            for (std::size_t i = 0; i < into; i += wide) sum += load(x + i);
            for (std::size_t i = 0; i < wide; ++i) mean += sum[i];
            mean /= static_cast<float>(used);
            for (std::size_t i = 0; i < into; i += wide) {
                const Lanes<float> centred = load(x + i) - mean;
                squares += centred * centred;
            }
            float variance = -static_cast<float>(into - used) * mean * mean;
            for (std::size_t i = 0; i < wide; ++i) variance += squares[i];
            inverse = 1.0F / std::sqrt(std::max(variance, 0.0F) / static_cast<float>(used) + 1e-6F);
        }
        for (std::size_t i = 0; i < into; i += wide)
            store(u + i, (load(x + i) - mean) * inverse * load(scale + i) + load(bias + i));
    }
}

SSM_CLONES void gelu_rows(const float* y, std::size_t size, float* out) {
    for (std::size_t i = 0; i < size; i += wide) store(out + i, gelu(load(y + i)));
}

SSM_CLONES void gate_rows(const float* y, const float* gates, std::size_t size, float* out) {
    for (std::size_t i = 0; i < size; i += wide) store(out + i, load(out + i) + load(y + i) * sigmoid(load(gates + i)));
}

SSM_CLONES void add_scaled(const float* u, const float* d, std::size_t rows, std::size_t width, float* y) {
    for (; rows-- > 0; u += width, y += width) {
        for (std::size_t i = 0; i < width; i += wide) store(y + i, load(y + i) + load(u + i) * load(d + i));
    }
}

SSM_CLONES void advance_row(float* h, const float* decay, const float* x, std::size_t states, bool has_gain) {
    advance(h, decay, x, states, has_gain);
}

SSM_CLONES void add_weighted(float* sum, const float* x, float weight, std::size_t width) {
    for (std::size_t i = 0; i < width; i += wide) store(sum + i, load(sum + i) + weight * load(x + i));
}

}  // namespace

void Filled::reserve(std::size_t rows, std::size_t states, std::size_t into) {
    grow(first, rows * 2 * states);
    grow(skip, rows * into);
    grow(u, rows * into);
    if (ticks.size() < rows) ticks.resize(rows);
    size = 0;
}

Layer::Layer(const LayerSpec& spec, Pooling pooling, float tick_ms)
    : used_(spec.into),
      into_(padded(spec.into)),
      out_(padded(spec.out)),
      stride_(spec.stride),
      pooling_(pooling),
      tick_ms_(tick_ms),
      layer_norm_(spec.layer_norm),
      norm_scale_(pad(spec.norm_scale, into_)),
      norm_bias_(pad(spec.norm_bias, into_)),
      gate_bias_(pad(spec.gate_bias, out_)),
      skip_bias_(pad(spec.skip_bias, out_)),
      gate_(spec.gate, spec.out, spec.out),
      decays_(spec.rates, spec.gains) {
    const std::size_t states = spec.rates.size(), wider = padded(states);
    b_ = Matrix(spread(spec.b, 2, states, spec.into), 2 * wider, spec.into);
    c_ = Matrix(spread(spec.c, 2 * spec.out, states, 1), spec.out, 2 * wider);
    if (spec.d.size() == spec.out)
        d_ = pad(spec.d, out_);
    else
        d_matrix_ = Matrix(spec.d, spec.out, spec.into);
    if (!spec.skip.empty()) skip_ = Matrix(spec.skip, spec.out, spec.into);
    scratch_.resize(decays_.row_size());
}

LayerState Layer::start() const {
    LayerState state;
    state.h.resize(2 * decays_.states());
    state.first.resize(2 * decays_.states());
    state.skip.resize(into_);
    state.u.resize(into_);
    return state;
}

Filled& Layer::windows(std::size_t rows) {
    windows_.reserve(rows / stride_ + 1, decays_.states(), into_);
    return windows_;
}

void Layer::take(LayerState& state, Filled& windows) const {
    const float inverse = 1.0F / state.weight;
    const auto scaled = [inverse](float value) { return value * inverse; };
    std::copy(state.first.begin(), state.first.end(), windows.first.data() + windows.size * state.first.size());
    std::transform(state.skip.begin(), state.skip.end(), windows.skip.data() + windows.size * into_, scaled);
    std::transform(state.u.begin(), state.u.end(), windows.u.data() + windows.size * into_, scaled);
    windows.ticks[windows.size++] = state.ticks;
    std::fill(state.skip.begin(), state.skip.end(), 0.0F);
    std::fill(state.u.begin(), state.u.end(), 0.0F);
    state.weight = 0;
    state.centre = 0;
    state.ticks = 0;
    state.count = 0;
}

void Layer::normalise(const float* x, std::size_t rows, float* u) const {
    normalise_rows(x, rows, into_, used_, norm_scale_.data(), norm_bias_.data(), layer_norm_, u);
}

const Rows& Layer::push(const Rows& in, LayerState& state) {
    const std::size_t states = decays_.states();
    Filled& filled = windows(in.size);
    grow(u_, in.size * into_);
    grow(bu_, in.size * 2 * states);
    normalise(in.x.data(), in.size, u_.data());
    multiply(b_, u_.data(), in.size, nullptr, bu_.data());
    for (std::size_t row = 0; row < in.size; ++row) {
        const std::uint64_t ticks = in.ticks[row];
        advance_row(state.h.data(), decays_.row(ticks, scratch_.data()), bu_.data() + row * 2 * states, states,
                    decays_.has_gain());
        if (state.count == 0) std::copy(state.h.begin(), state.h.end(), state.first.begin());
        const float share = weight(state, ticks);
        add_weighted(state.skip.data(), in.x.data() + row * into_, share, into_);
        add_weighted(state.u.data(), u_.data() + row * into_, share, into_);
        state.weight += share;
        state.ticks += ticks;
        if (++state.count == stride_) take(state, filled);
    }
    return finish(filled);
}

const Rows& Layer::finish(const Filled& windows) {
    const std::size_t rows = windows.size, size = rows * out_;
    for (Floats* array : {&out_rows_.x, &gelu_, &gates_}) grow(*array, size);
    grow(u_, size);
    float* y = u_.data();  // the rows' own inputs are done with
    float* out = out_rows_.x.data();
    multiply(c_, windows.first.data(), rows, nullptr, y);
    if (d_.empty())
        multiply_onto(d_matrix_, windows.u.data(), rows, y);
    else
        add_scaled(windows.u.data(), d_.data(), rows, out_, y);
    gelu_rows(y, size, gelu_.data());
    multiply(gate_, gelu_.data(), rows, gate_bias_.data(), gates_.data());
    if (skip_.out)
        multiply(skip_, windows.skip.data(), rows, skip_bias_.data(), out);
    else
        std::copy_n(windows.skip.data(), size, out);
    gate_rows(y, gates_.data(), size, out);
    out_rows_.ticks.assign(windows.ticks.begin(), windows.ticks.begin() + static_cast<std::ptrdiff_t>(rows));
    out_rows_.size = rows;
    return out_rows_;
}

}  // namespace aestream::ssm
