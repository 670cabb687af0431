// Event-SSM, event by event: exact, any packet size, state carried for ever.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "aestream_core/event.hpp"
#include "token_layer.hpp"

namespace aestream::ssm {

/// What holds for the whole network.
struct EngineSpec {
    std::size_t width = 0, classes = 0;
    Pooling pooling = Pooling::avg, readout = Pooling::avg;
    float tick_ms = 1e-3F;
    float forget_ms = 0;         ///< time in which the readout forgets to 1/e; 0 is never
    bool upstream_time = false;  ///< an event is paired with the gap to the next one
    std::vector<float> embedding, head, head_bias;
    std::vector<LayerSpec> layers;
};

/// Squares of pixels that share their tokens, and where on the sensor they lie.
struct Cells {
    std::uint32_t left = 0, top = 0;      ///< the first pixel
    std::uint32_t side = 1;               ///< pixels of a square
    std::uint32_t columns = 0, rows = 0;  ///< squares
};

/// All that is carried between packets; its size does not depend on how many there were.
struct EngineState {
    std::uint64_t shape = 0;  ///< of the engine it came from
    std::vector<LayerState> layers;
    std::vector<double> sum;  ///< of outputs, weighted, or the last one
    double weight = 0;
    std::int64_t last_ticks = 0;
    bool begun = false;                    ///< whether `last_ticks` holds a time
    std::optional<std::uint32_t> pending;  ///< the event whose gap is not known yet
    std::uint64_t events = 0, outputs = 0, resets = 0, outside = 0;
};

class Engine {
public:
    explicit Engine(const EngineSpec& spec);

    [[nodiscard]] EngineState start() const;
    [[nodiscard]] std::size_t tokens() const { return first_.tokens(); }
    /// Whether a state came from an engine of this shape.
    [[nodiscard]] bool fits(const EngineState& state) const { return state.shape == shape_; }
    [[nodiscard]] std::size_t classes() const { return head_bias_.size(); }

    /// Feed tokens, all of them below tokens(). Time that goes backwards starts anew, and is counted.
    void push(std::span<const std::uint32_t> tokens, std::span<const std::int64_t> ticks, EngineState& state);
    /// Feed a packet, token p W H + x H + y by columns and rows; events outside the cells are left out, and counted.
    void push(std::span<const Event> events, std::int64_t t0, const Cells& cells, EngineState& state);
    /// Let the readout forget to 1/e in that time from now on; 0 is never.
    void remember(float forget_ms) { forget_ms_ = forget_ms; }
    /// Score what was seen so far.
    void scores(const EngineState& state, std::span<float> out) const;

private:
    void push_one(std::uint32_t token, std::int64_t ticks, EngineState& state);
    void flush(EngineState& state);
    void forget(EngineState& state) const;
    void read_out(const Rows& rows, EngineState& state) const;

    TokenLayer first_;
    std::vector<Layer> others_;
    Pooling readout_;
    float tick_ms_, forget_ms_;
    bool upstream_time_;
    std::size_t features_;
    std::vector<float> head_, head_bias_;
    std::uint64_t shape_;
    TokenBlock block_;
    std::unique_ptr<std::mutex> turn_ = std::make_unique<std::mutex>();  ///< scratch memory is shared by all states
};

}  // namespace aestream::ssm
