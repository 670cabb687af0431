#include "twin.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "patch.hpp"

namespace aestream::speck {
namespace {

/// Ticks that a gap without events makes up for at most; a neuron is settled long before.
constexpr std::int64_t max_ticks = 65536;

void require(bool holds, std::size_t layer, const char* what) {
    if (!holds) throw std::invalid_argument("layer " + std::to_string(layer) + ": " + what);
}

std::size_t lanes_of(std::size_t features) { return (features + lane_multiple - 1) / lane_multiple * lane_multiple; }

/// Give rows of `features` values as rows of lanes, zeros at the end of each.
std::vector<std::int16_t> widen(const std::vector<std::int8_t>& values, std::size_t features) {
    const std::size_t lanes = lanes_of(features);
    const std::size_t rows = values.size() / features;
    std::vector<std::int16_t> wide(rows * lanes);
    for (std::size_t row = 0; row < rows; ++row)
        std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(row * features), features,
                    wide.begin() + static_cast<std::ptrdiff_t>(row * lanes));
    return wide;
}

void check(const LayerSpec& spec, std::size_t index, std::size_t count) {
    require(spec.output.size() > 0 && spec.input.size() > 0, index, "it has no neurons");
    require(spec.stride > 0 && spec.kernel > 0, index, "kernel and stride must be 1 or more");
    const std::size_t weights = std::size_t{spec.output.channels} * spec.input.channels * spec.kernel * spec.kernel;
    require(spec.weights.size() == weights, index, "the weights do not fit its shapes");
    require(spec.biases.empty() || spec.biases.size() == spec.output.channels, index, "it needs one bias a feature");
    require(spec.threshold > 0 && spec.threshold_low <= 0, index, "threshold must be 1 or more, its low one 0 or less");
    for (const auto& each : spec.destinations) {
        require(each.layer > index && each.layer < count, index, "destinations must be later layers");
        require(each.pool_shift <= 2, index, "pooling must be 1, 2 or 4");
    }
}

/// First and last + 1 output position along an axis that a kernel covers `padded` from.
std::pair<std::uint32_t, std::uint32_t> reach(std::uint32_t padded, const LayerSpec& spec, std::uint32_t size) {
    const std::uint32_t first = padded < spec.kernel ? 0 : (padded - spec.kernel) / spec.stride + 1;
    const std::uint32_t end = std::min(size, padded / spec.stride + 1);
    return {std::min(first, end), end};
}

}  // namespace

Twin::Twin(std::vector<LayerSpec> layers, std::vector<Destination> inputs) : inputs_(std::move(inputs)) {
    std::size_t patch = 0;
    for (auto& spec : layers) {
        check(spec, layers_.size(), layers.size());
        has_biases_ = has_biases_ || !spec.biases.empty();
        patch = std::max(patch, std::size_t{spec.kernel} * spec.kernel);
        Layer layer{.spec = {},
                    .lanes = lanes_of(spec.output.channels),
                    .weights = {},
                    .biases = {},
                    .states = {},
                    .counters = {}};
        layer.weights = widen(spec.weights, spec.output.channels);
        layer.biases = widen(spec.biases, spec.output.channels);
        layer.states.resize(layer.lanes * spec.output.height * spec.output.width);
        spec.weights = {};
        layer.spec = std::move(spec);
        layers_.push_back(std::move(layer));
    }
    for (const auto& each : inputs_) require(each.layer < layers_.size(), each.layer, "there is no such layer");
    fired_.resize(patch);
}

std::size_t Twin::feed(std::span<const Event> events, std::int64_t t0_us, const InputMap& map) {
    std::size_t outside = 0;
    for (const Event& each : events) {
        const std::int16_t feature = map.features[each.on() ? 1 : 0];
        const std::int16_t x = each.x < map.columns.size() ? map.columns[each.x] : std::int16_t{-1};
        const std::int16_t y = each.y() < map.rows.size() ? map.rows[each.y()] : std::int16_t{-1};
        if ((feature | x | y) < 0) {
            ++outside;
            continue;
        }
        event(t0_us + each.t, static_cast<std::uint16_t>(feature), static_cast<std::uint16_t>(y),
              static_cast<std::uint16_t>(x));
    }
    return outside;
}

void Twin::inject(std::span<const Spike> events) {
    for (const Spike& each : events) event(each.t, each.feature, each.y, each.x);
}

std::vector<Spike> Twin::take() { return std::exchange(output_, {}); }

void Twin::reset() {
    for (auto& layer : layers_) {
        std::ranges::fill(layer.states, std::int16_t{0});
        layer.busy_until_us = 0;
    }
    output_.clear();
    clock_runs_ = false;
}

std::int16_t Twin::state(std::size_t layer, std::size_t feature, std::size_t y, std::size_t x) const {
    const Layer& at = layers_.at(layer);
    return at.states.at((y * at.spec.output.width + x) * at.lanes + feature);
}

void Twin::event(std::int64_t t, std::uint16_t feature, std::uint16_t y, std::uint16_t x) {
    if (period_us_ > 0 && has_biases_) advance(t);
    send(inputs_, feature, y, x);
    drain(t);
    last_us_ = t;
}

void Twin::drain(std::int64_t t) {
    while (head_ < queue_.size()) {
        const Item item = queue_[head_++];
        integrate(item, t);
    }
    queue_.clear();
    head_ = 0;
}

void Twin::integrate(const Item& item, std::int64_t t) {
    Layer& layer = layers_[item.layer];
    const LayerSpec& spec = layer.spec;
    if (!spec.input.contains(item.feature, item.y, item.x)) {
        ++layer.counters.outside;
        return;
    }
    const auto padded_y = std::uint32_t{item.y} + spec.padding;
    const auto padded_x = std::uint32_t{item.x} + spec.padding;
    const auto [y_begin, y_end] = reach(padded_y, spec, spec.output.height);
    const auto [x_begin, x_end] = reach(padded_x, spec, spec.output.width);
    const std::size_t kernel = std::size_t{spec.kernel} * spec.kernel;
    const Patch patch{layer.states.data(),
                      layer.weights.data() + item.feature * kernel * layer.lanes,
                      layer.lanes,
                      spec.output.width,
                      spec.kernel,
                      spec.stride,
                      padded_y,
                      padded_x,
                      y_begin,
                      y_end,
                      x_begin,
                      x_end,
                      spec.threshold,
                      spec.threshold_low};
    const std::size_t synops = patch.positions() * spec.output.channels;
    if (!admitted(layer, synops, t)) {
        ++layer.counters.congested;
        return;
    }
    ++layer.counters.inputs;
    layer.counters.synops += synops;
    const std::size_t count = add_patch(patch, fired_.data());
    for (std::size_t at = 0; at < count; ++at) fire(item.layer, fired_[at], t);
}

bool Twin::admitted(Layer& layer, std::size_t synops, std::int64_t t) const {
    if (congestion_.synops_per_us <= 0) return true;
    const auto now = static_cast<double>(t);
    // A clock that jumped back leaves a core that seems busy for ages.
    if (t < last_us_) layer.busy_until_us = now;
    const double begin = std::max(now, layer.busy_until_us);
    if (begin - now > congestion_.queue_us) return false;
    layer.busy_until_us = begin + static_cast<double>(synops) / congestion_.synops_per_us;
    return true;
}

void Twin::fire(std::uint16_t index, std::size_t position, std::int64_t t) {
    Layer& layer = layers_[index];
    const auto y = static_cast<std::uint16_t>(position / layer.spec.output.width);
    const auto x = static_cast<std::uint16_t>(position % layer.spec.output.width);
    std::int16_t* states = layer.states.data() + position * layer.lanes;
    for (std::uint16_t feature = 0; feature < layer.spec.output.channels; ++feature) {
        std::int16_t& state = states[feature];
        if (state < layer.spec.threshold) continue;
        state = layer.spec.reset_to_zero ? std::int16_t{0} : static_cast<std::int16_t>(state - layer.spec.threshold);
        ++layer.counters.spikes;
        send(layer.spec.destinations, feature, y, x);
        if (!layer.spec.monitored) continue;
        if (output_.size() < output_limit_)
            output_.push_back({t, index, feature, x, y});
        else
            ++lost_outputs_;
    }
}

void Twin::send(const std::vector<Destination>& destinations, std::uint16_t feature, std::uint16_t y, std::uint16_t x) {
    for (const auto& to : destinations)
        queue_.push_back({to.layer, static_cast<std::uint16_t>(feature + to.feature_shift),
                          static_cast<std::uint16_t>(y >> to.pool_shift),
                          static_cast<std::uint16_t>(x >> to.pool_shift)});
}

void Twin::advance(std::int64_t t) {
    if (!clock_runs_ || t < last_us_) next_tick_us_ = t + period_us_;
    clock_runs_ = true;
    const std::int64_t due = t < next_tick_us_ ? 0 : (t - next_tick_us_) / period_us_ + 1;
    if (due > max_ticks) {
        skipped_ticks_ += static_cast<std::uint64_t>(due - max_ticks);
        next_tick_us_ += (due - max_ticks) * period_us_;
    }
    for (; next_tick_us_ <= t; next_tick_us_ += period_us_) tick(next_tick_us_);
}

void Twin::tick(std::int64_t t) {
    for (std::uint16_t index = 0; index < layers_.size(); ++index) {
        Layer& layer = layers_[index];
        if (layer.biases.empty()) continue;
        const std::size_t positions = std::size_t{layer.spec.output.height} * layer.spec.output.width;
        for (std::size_t position = 0; position < positions; ++position)
            if (add_lanes(layer.states.data() + position * layer.lanes, layer.biases.data(), layer.lanes,
                          layer.spec.threshold, layer.spec.threshold_low))
                fire(index, position, t);
        drain(t);
    }
}

}  // namespace aestream::speck
