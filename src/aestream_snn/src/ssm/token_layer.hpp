// The first layer: its input depends on the token alone, so a table holds what a token adds to the state.
#pragma once

#include <cstdint>
#include <span>

#include "layer.hpp"

namespace aestream::ssm {

/// Events as the first layer takes them: a token each, and the gap before it (or after it) in ticks.
struct TokenBlock {
    std::vector<std::uint32_t> tokens;
    std::vector<std::uint64_t> ticks;
};

class TokenLayer {
public:
    /// `embedding` is (tokens, into).
    TokenLayer(Layer layer, std::span<const float> embedding, std::size_t width);

    [[nodiscard]] std::size_t tokens() const { return tokens_; }
    [[nodiscard]] LayerState start() const { return layer_.start(); }
    const Rows& push(const TokenBlock& block, LayerState& state);

private:
    void fill_table(std::span<const float> embedding, std::size_t width);
    void take(LayerState& state, Filled& windows) const;

    Layer layer_;
    std::size_t tokens_, row_;
    Floats table_;    ///< a row a token: embedding | B u | inverse deviation, mean times it
    Floats scratch_;  ///< one row of decays
};

}  // namespace aestream::ssm
