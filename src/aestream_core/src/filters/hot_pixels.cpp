// Pixels that fire far more than their neighbours, learnt while the stream runs.
#include <algorithm>
#include <array>

#include "filters/compaction.hpp"
#include "filters/filters.hpp"
#include "filters/pixel_masks.hpp"

namespace aestream::filters {

namespace {

constexpr std::array parameters{
    FilterParameter{.name = "rate_hz",
                    .description = "a hot pixel fires more often than this, counted for each polarity",
                    .kind = ParameterKind::real,
                    .unit = "Hz",
                    .fallback = 50,
                    .low = 0,
                    .high = 1e6},
    FilterParameter{.name = "factor",
                    .description = "and more often than so many times the median of its eight neighbours",
                    .kind = ParameterKind::real,
                    .fallback = 5,
                    .low = 1,
                    .high = 1e6},
    FilterParameter{.name = "window_us",
                    .description = "time over which events are counted; what was found holds in the next window",
                    .unit = "us",
                    .fallback = 1'000'000,
                    .low = 1000,
                    .high = 60'000'000},
    FilterParameter{.name = "mask",
                    .description = "picture or .npy array, (H, W) or (2, H, W), of pixels that are hot from the start",
                    .kind = ParameterKind::mask},
    FilterParameter{.name = "learn", .description = "learn hot pixels", .kind = ParameterKind::flag, .fallback = 1},
};

struct Rule {
    double rate_hz, factor;
    std::uint64_t window_us;
    bool learn;
};

constexpr std::uint32_t hot_bit = 1U << 31U;

/// Twice the median of the neighbours of (x, y) on the sensor; `cells` is one polarity's layer.
std::uint64_t twice_median(const std::uint32_t* cells, Sensor sensor, int x, int y) {
    std::array<std::uint32_t, 8> around;
    around.fill(UINT32_MAX);
    std::size_t count = 0;
    for (int row = std::max(y - 1, 0); row <= std::min(y + 1, sensor.height - 1); ++row) {
        for (int column = std::max(x - 1, 0); column <= std::min(x + 1, sensor.width - 1); ++column) {
            if (row == y && column == x) continue;
            around[count++] = cells[row * sensor.width + column] & ~hot_bit;
        }
    }
    if (count == 0) return 0;
    std::ranges::sort(around);
    return std::uint64_t{around[(count - 1) / 2]} + around[count / 2];
}

/// A cell for each polarity and pixel: events in this window in the low bits, whether it is hot in the top bit.
class HotPixels final : public Filter {
public:
    HotPixels(Sensor sensor, Rule rule, std::vector<std::uint8_t> known)
        : Filter(sensor), rule_(rule), known_(std::move(known)), cells_(2 * std::size_t{sensor.width} * sensor.height) {
        forget_cells();
    }

    std::size_t state_bytes() const override { return cells_.size() * sizeof(std::uint32_t) + known_.size(); }

    std::vector<std::uint8_t> learnt_mask() const override {
        std::vector<std::uint8_t> hot(cells_.size());
        for (std::size_t i = 0; i < hot.size(); ++i) hot[i] = static_cast<std::uint8_t>(cells_[i] >> 31U);
        return hot;
    }

private:
    Packet filter(const Packet& part) override {
        std::uint32_t* const cells = cells_.data();
        const CellIndex index(input());
        const std::uint64_t t0_us = part.t0_us();
        return compact(part, [=, this](Event event) {
            const std::uint64_t t_us = t0_us + event.t;
            if (t_us >= end_us_) [[unlikely]]
                next_window(t_us);
            std::uint32_t& cell = cells[index(event)];
            ++cell;
            return (cell & hot_bit) == 0;
        });
    }

    bool remembers_times() const override { return true; }

    void forget() override {
        end_us_ = 0;
        forget_cells();
    }

    void forget_cells() {
        std::ranges::fill(cells_, 0U);
        for (std::size_t i = 0; i < known_.size(); ++i) cells_[i] = known_[i] != 0 ? hot_bit : 0;
    }

    /// Windows follow one another from the first event on; those without events say nothing and change nothing.
    void next_window(std::uint64_t t_us) {
        const bool first = end_us_ == 0;
        const std::uint64_t into_us = first ? 0 : (t_us - end_us_) % rule_.window_us;
        if (!first) rule_.learn ? judge() : forget_counts();
        end_us_ = t_us - into_us + rule_.window_us;
    }

    /// Counts that nobody judges must not grow into the top bit.
    void forget_counts() {
        for (std::uint32_t& cell : cells_) cell &= hot_bit;
    }

    void judge() {
        std::vector<std::size_t> found;
        const std::size_t layer = cells_.size() / 2;
        const double least = rule_.rate_hz * static_cast<double>(rule_.window_us) / 1e6;
        for (std::size_t i = 0; i < cells_.size(); ++i) {
            const std::uint32_t events = cells_[i] & ~hot_bit;
            if (events <= least) [[likely]]
                continue;
            const std::size_t pixel = i % layer;
            const auto twice =
                twice_median(cells_.data() + (i - pixel), input(), static_cast<int>(pixel % input().width),
                             static_cast<int>(pixel / input().width));
            if (2.0 * events > rule_.factor * static_cast<double>(twice)) found.push_back(i);
        }
        forget_cells();
        for (const std::size_t i : found) cells_[i] = hot_bit;
    }

    Rule rule_;
    std::vector<std::uint8_t> known_;  ///< hot from the start, off and then on; may be empty
    std::vector<std::uint32_t> cells_;
    std::uint64_t end_us_ = 0;  ///< of the window; 0 before the first event
};

}  // namespace

constinit const FilterRow hot_pixels{
    .name = "hot_pixels",
    .description = "all but the events of pixels that fire often and far more often than their neighbours",
    .examples = "50\n50 --factor 10 --window-us 500000\n50 --mask hot.npy --no-learn",
    .parameters = parameters,
    .make = [](const FilterSettings& settings, Sensor sensor) -> std::unique_ptr<Filter> {
        const Rule rule{settings.number("rate_hz"), settings.number("factor"),
                        settings.whole<std::uint64_t>("window_us"), settings.flag("learn")};
        const PixelValues& known = settings.pixels("mask");
        return std::make_unique<HotPixels>(sensor, rule,
                                           known.empty() ? std::vector<std::uint8_t>{} : two_layers(known, sensor));
    },
};

}  // namespace aestream::filters
