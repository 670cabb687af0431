// Integer twin of the Speck chip: event-driven convolutions, int8 weights, int16 states, one spike per input event.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "aestream_core/event.hpp"

namespace aestream::speck {

/// A spike of a layer, or an event at a layer's input.
struct Spike {
    std::int64_t t;         ///< sensor time in µs
    std::uint16_t layer;    ///< index in the network, in topological order
    std::uint16_t feature;  ///< output channel; of an input event the input channel
    std::uint16_t x;
    std::uint16_t y;
};
static_assert(sizeof(Spike) == 16);

/// Where a layer's spikes go.
struct Destination {
    std::uint16_t layer;
    std::uint16_t pool_shift;     ///< 0, 1, 2: sums over 1x1, 2x2, 4x4 pixels
    std::uint16_t feature_shift;  ///< added to the feature
};

/// Channels, rows and columns.
struct Shape {
    std::uint16_t channels = 0;
    std::uint16_t height = 0;
    std::uint16_t width = 0;
    [[nodiscard]] std::size_t size() const { return std::size_t{channels} * height * width; }
    [[nodiscard]] bool contains(std::uint32_t c, std::uint32_t y, std::uint32_t x) const {
        return c < channels && y < height && x < width;
    }
};

/// One layer as the chip holds it.
struct LayerSpec {
    Shape input;
    Shape output;
    std::uint16_t kernel = 1;
    std::uint16_t stride = 1;
    std::uint16_t padding = 0;
    std::int16_t threshold = 1;
    std::int16_t threshold_low = -32768;
    bool reset_to_zero = false;
    bool monitored = false;
    std::vector<std::int8_t> weights;  ///< [input channel][ky][kx][feature]
    std::vector<std::int8_t> biases;   ///< [feature], added at each tick of the slow clock; empty for none
    std::vector<Destination> destinations;
};

/// What a layer did.
struct LayerCounters {
    std::uint64_t inputs = 0;     ///< events that it integrated
    std::uint64_t outside = 0;    ///< events left out because they lie outside its input
    std::uint64_t congested = 0;  ///< events left out because the core was busy
    std::uint64_t synops = 0;     ///< weights added to states
    std::uint64_t spikes = 0;     ///< spikes fired
};

/// How an event of a sensor becomes an event of the network's input.
struct InputMap {
    std::span<const std::int16_t> columns;  ///< x of the sensor to x of the input, -1 outside
    std::span<const std::int16_t> rows;     ///< likewise y
    std::int16_t features[2];               ///< polarity off, on to channel, -1 for none
};

/// How busy a core may get; a rate of 0 is a core that is never busy.
struct Congestion {
    double synops_per_us = 0;
    double queue_us = 1000;
};

/// A network in integers. Not thread-safe; one thread feeds and takes.
class Twin {
public:
    /// Throws std::invalid_argument where layers are not in topological order or sizes do not agree.
    Twin(std::vector<LayerSpec> layers, std::vector<Destination> inputs);

    /// Integrate the events of a packet, in order. Gives how many were outside the map.
    std::size_t feed(std::span<const Event> events, std::int64_t t0_us, const InputMap& map);

    /// Integrate events at the network's input; `layer` is ignored.
    void inject(std::span<const Spike> events);

    /// Give the spikes of monitored layers since the last call.
    [[nodiscard]] std::vector<Spike> take();

    /// Set all states to zero and forget what is waiting; counters stay.
    void reset();

    void set_congestion(Congestion congestion) { congestion_ = congestion; }
    /// A tick adds the biases; 0 stops the clock.
    void set_slow_clock(std::int64_t period_us) { period_us_ = period_us; }
    /// Spikes kept for `take` at most; more are counted as lost.
    void set_output_limit(std::size_t spikes) { output_limit_ = spikes; }

    [[nodiscard]] std::size_t layer_count() const { return layers_.size(); }
    [[nodiscard]] const LayerCounters& counters(std::size_t layer) const { return layers_.at(layer).counters; }
    [[nodiscard]] const LayerSpec& spec(std::size_t layer) const { return layers_.at(layer).spec; }
    [[nodiscard]] std::uint64_t lost_outputs() const { return lost_outputs_; }
    [[nodiscard]] std::uint64_t skipped_ticks() const { return skipped_ticks_; }
    /// State of one neuron.
    [[nodiscard]] std::int16_t state(std::size_t layer, std::size_t feature, std::size_t y, std::size_t x) const;

private:
    struct Layer {
        LayerSpec spec;
        std::size_t lanes;                  ///< features, rounded up to whole vectors
        std::vector<std::int16_t> weights;  ///< [input channel][ky][kx][lane]
        std::vector<std::int16_t> biases;   ///< [lane], or empty
        std::vector<std::int16_t> states;   ///< [y][x][lane]
        double busy_until_us = 0;
        LayerCounters counters;
    };
    struct Item {
        std::uint16_t layer, feature, y, x;
    };

    void event(std::int64_t t, std::uint16_t feature, std::uint16_t y, std::uint16_t x);
    void drain(std::int64_t t);
    void integrate(const Item& item, std::int64_t t);
    bool admitted(Layer& layer, std::size_t synops, std::int64_t t) const;
    void fire(std::uint16_t index, std::size_t position, std::int64_t t);
    void send(const std::vector<Destination>& destinations, std::uint16_t feature, std::uint16_t y, std::uint16_t x);
    void advance(std::int64_t t);
    void tick(std::int64_t t);

    std::vector<Layer> layers_;
    std::vector<Destination> inputs_;
    std::vector<Item> queue_;
    std::size_t head_ = 0;
    std::vector<std::uint32_t> fired_;
    std::vector<Spike> output_;
    std::size_t output_limit_ = std::size_t{1} << 22U;
    std::uint64_t lost_outputs_ = 0;
    std::uint64_t skipped_ticks_ = 0;
    Congestion congestion_;
    std::int64_t period_us_ = 0;
    std::int64_t next_tick_us_ = 0;
    std::int64_t last_us_ = 0;
    bool clock_runs_ = false;
    bool has_biases_ = false;
};

}  // namespace aestream::speck
