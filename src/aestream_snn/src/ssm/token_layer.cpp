#include "token_layer.hpp"

#include <algorithm>
#include <cmath>

namespace aestream::ssm {
namespace {

constexpr std::size_t wide = lanes<float>;
/// Events ahead whose table rows are asked for.
constexpr std::size_t distance = 6;

/// What the loop over events needs, so that it stands in a function of its own for each instruction set.
struct Walk {
    const float* table;
    std::size_t row, into, states;
    const Layer* layer;
    const DecayTable* decays;
    float* scratch;
};

SSM_INLINE void prefetch_row(const float* row, std::size_t size) {
    for (std::size_t i = 0; i < size; i += wide) __builtin_prefetch(row + i);
}

/// Take one event in: state, weighted sums of the embedding and of the same centred and scaled.
SSM_INLINE void take_in(const Walk& walk, const float* row, std::uint64_t ticks, float share, LayerState& state) {
    const float* decay = walk.decays->row(ticks, walk.scratch);
    advance(state.h.data(), decay, row + walk.into, walk.states, walk.decays->has_gain());
    const float scaled = share * row[walk.into + 2 * walk.states];
    float *skip = state.skip.data(), *u = state.u.data();
    for (std::size_t i = 0; i < walk.into; i += wide) {
        const Lanes<float> value = load(row + i);
        store(skip + i, load(skip + i) + share * value);
        store(u + i, load(u + i) + scaled * value);
    }
}

/// Take in events that all fit the window.
SSM_CLONES void take_in_all(const Walk walk, const TokenBlock& block, std::size_t begin, std::size_t end,
                            LayerState& state) {
    const std::size_t known = block.tokens.size();
    const std::uint32_t* tokens = block.tokens.data();
    const std::uint64_t* ticks = block.ticks.data();
    for (std::size_t i = begin; i < end; ++i) {
        if (i + distance < known) prefetch_row(walk.table + tokens[i + distance] * walk.row, walk.row);
        const float* row = walk.table + tokens[i] * walk.row;
        const float share = walk.layer->weight(state, ticks[i]);
        take_in(walk, row, ticks[i], share, state);
        if (state.count++ == 0) std::copy(state.h.begin(), state.h.end(), state.first.begin());
        state.centre += share * row[walk.into + 2 * walk.states + 1];
        state.weight += share;
        state.ticks += ticks[i];
    }
}

}  // namespace

TokenLayer::TokenLayer(Layer layer, std::span<const float> embedding, std::size_t width)
    : layer_(std::move(layer)),
      tokens_(embedding.size() / width),
      row_(layer_.into() + 2 * layer_.decays().states() + wide) {
    table_.resize(tokens_ * row_);
    scratch_.resize(layer_.decays().row_size());
    fill_table(embedding, width);
}

void TokenLayer::fill_table(std::span<const float> embedding, std::size_t width) {
    const std::size_t into = layer_.into(), states = layer_.decays().states();
    Floats u(into), bu(2 * states);
    for (std::size_t token = 0; token < tokens_; ++token) {
        float* row = table_.data() + token * row_;
        std::copy_n(embedding.data() + token * width, width, row);
        layer_.normalise(row, 1, u.data());
        multiply(layer_.b(), u.data(), 1, nullptr, bu.data());
        std::copy(bu.begin(), bu.end(), row + into);
        double mean = 0, squares = 0;
        for (std::size_t i = 0; i < width; ++i) mean += row[i];
        mean /= static_cast<double>(width);
        for (std::size_t i = 0; i < width; ++i) squares += (row[i] - mean) * (row[i] - mean);
        const double inverse = 1.0 / std::sqrt(squares / static_cast<double>(width) + 1e-6);
        row[into + 2 * states] = layer_.layer_norm() ? static_cast<float>(inverse) : 1.0F;
        row[into + 2 * states + 1] = layer_.layer_norm() ? static_cast<float>(mean * inverse) : 0.0F;
    }
}

void TokenLayer::take(LayerState& state, Filled& windows) const {
    const float centre = state.centre / state.weight;
    float* u = windows.u.data() + windows.size * layer_.into();
    layer_.take(state, windows);
    for (std::size_t i = 0; i < layer_.into(); ++i)
        u[i] = (u[i] - centre) * layer_.norm_scale()[i] + layer_.norm_bias()[i];
}

const Rows& TokenLayer::push(const TokenBlock& block, LayerState& state) {
    const Walk walk{table_.data(),    row_,           layer_.into(), layer_.decays().states(), &layer_,
                    &layer_.decays(), scratch_.data()};
    Filled& filled = layer_.windows(block.tokens.size());
    for (std::size_t done = 0; done < block.tokens.size();) {
        const std::size_t end = std::min(block.tokens.size(), done + layer_.stride() - state.count);
        take_in_all(walk, block, done, end, state);
        if (state.count == layer_.stride()) take(state, filled);
        done = end;
    }
    return layer_.finish(filled);
}

}  // namespace aestream::ssm
