#include "engine.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace aestream::ssm {
namespace {

/// Events that go through the layers together: what they need stays in the cache.
constexpr std::size_t block_events = 1024;

/// Give a number for the sizes of all layers.
std::uint64_t shape_of(const EngineSpec& spec) {
    std::uint64_t hash = spec.classes;
    for (const LayerSpec& layer : spec.layers) {
        for (const std::size_t size : {layer.into, layer.out, layer.rates.size(), layer.stride})
            hash = (hash ^ size) * 0x100000001b3U;
    }
    return hash;
}

}  // namespace

Engine::Engine(const EngineSpec& spec)
    : first_(Layer(spec.layers.at(0), spec.pooling, spec.tick_ms), spec.embedding, spec.width),
      readout_(spec.readout),
      tick_ms_(spec.tick_ms),
      forget_ms_(spec.forget_ms),
      upstream_time_(spec.upstream_time),
      features_(spec.layers.back().out),
      head_(spec.head),
      head_bias_(spec.head_bias),
      shape_(shape_of(spec)) {
    for (std::size_t i = 1; i < spec.layers.size(); ++i)
        others_.emplace_back(spec.layers[i], spec.pooling, spec.tick_ms);
    if (head_.size() != features_ * head_bias_.size()) throw std::invalid_argument("a head of another size");
    block_.tokens.reserve(block_events);
    block_.ticks.reserve(block_events);
}

EngineState Engine::start() const {
    EngineState state;
    state.shape = shape_;
    state.layers.push_back(first_.start());
    for (const Layer& layer : others_) state.layers.push_back(layer.start());
    state.sum.resize(features_);
    return state;
}

void Engine::forget(EngineState& state) const {
    EngineState fresh = start();
    fresh.events = state.events;
    fresh.outputs = state.outputs;
    fresh.outside = state.outside;
    fresh.resets = state.resets + 1;
    state = std::move(fresh);
}

void Engine::push_one(std::uint32_t token, std::int64_t ticks, EngineState& state) {
    if (state.begun && ticks < state.last_ticks) {
        flush(state);
        forget(state);
    }
    const std::uint64_t gap =
        state.begun ? static_cast<std::uint64_t>(ticks) - static_cast<std::uint64_t>(state.last_ticks) : 0;
    state.last_ticks = ticks;
    state.begun = true;
    ++state.events;
    if (upstream_time_) {
        if (state.pending) {
            block_.tokens.push_back(*state.pending);
            block_.ticks.push_back(gap);
        }
        state.pending = token;
    } else {
        block_.tokens.push_back(token);
        block_.ticks.push_back(gap);
    }
    if (block_.tokens.size() >= block_events) flush(state);
}

void Engine::flush(EngineState& state) {
    if (block_.tokens.empty()) return;
    const Rows* rows = &first_.push(block_, state.layers[0]);
    for (std::size_t i = 0; i < others_.size() && rows->size > 0; ++i)
        rows = &others_[i].push(*rows, state.layers[i + 1]);
    read_out(*rows, state);
    block_.tokens.clear();
    block_.ticks.clear();
}

void Engine::read_out(const Rows& rows, EngineState& state) const {
    const std::size_t step = padded(features_);
    for (std::size_t row = 0; row < rows.size; ++row) {
        const double gap_ms = static_cast<double>(rows.ticks[row]) * static_cast<double>(tick_ms_);
        const double share = readout_ == Pooling::time ? gap_ms + static_cast<double>(Layer::epsilon_ms) : 1.0;
        const double left = forget_ms_ > 0 ? std::exp(-gap_ms / static_cast<double>(forget_ms_)) : 1.0;
        const double kept = readout_ == Pooling::last ? 0.0 : left;
        for (std::size_t i = 0; i < features_; ++i)
            state.sum[i] = state.sum[i] * kept + share * static_cast<double>(rows.x[row * step + i]);
        state.weight = state.weight * kept + share;
        ++state.outputs;
    }
}

void Engine::push(std::span<const std::uint32_t> tokens, std::span<const std::int64_t> ticks, EngineState& state) {
    const std::scoped_lock locked(*turn_);
    for (std::size_t i = 0; i < tokens.size(); ++i) push_one(tokens[i], ticks[i], state);
    flush(state);
}

void Engine::push(std::span<const Event> events, std::int64_t t0, const Cells& cells, EngineState& state) {
    const std::scoped_lock locked(*turn_);
    for (const Event& event : events) {
        // Left of the first column and above the first row, the differences wrap around and are too large.
        const std::uint32_t column = (event.x - cells.left) / cells.side;
        const std::uint32_t row = (event.y() - cells.top) / cells.side;
        if (column >= cells.columns || row >= cells.rows) {
            ++state.outside;
            continue;
        }
        const std::uint32_t plane = event.on() ? cells.columns * cells.rows : 0U;
        push_one(plane + column * cells.rows + row, t0 + event.t, state);
    }
    flush(state);
}

void Engine::scores(const EngineState& state, std::span<float> out) const {
    const double inverse = state.weight > 0 ? 1.0 / state.weight : 0.0;
    for (std::size_t c = 0; c < out.size(); ++c) {
        double sum = 0;
        for (std::size_t i = 0; i < features_; ++i) sum += static_cast<double>(head_[c * features_ + i]) * state.sum[i];
        out[c] = static_cast<float>(sum * inverse + static_cast<double>(head_bias_[c]));
    }
}

}  // namespace aestream::ssm
