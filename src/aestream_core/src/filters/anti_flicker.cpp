// Lamps: a period detector for each block of pixels, with the parameters of Prophesee's anti-flicker module.
#include <array>
#include <vector>

#include "aestream_core/errors.hpp"
#include "filters/compaction.hpp"
#include "filters/filters.hpp"
#include "filters/pixel_times.hpp"

namespace aestream::filters {

namespace {

constexpr std::array<std::string_view, 2> modes{"band_stop", "band_pass"};
constexpr std::array parameters{
    FilterParameter{.name = "low_hz",
                    .description = "slowest flicker",
                    .kind = ParameterKind::real,
                    .unit = "Hz",
                    .fallback = 50,
                    .low = 1,
                    .high = 100'000},
    FilterParameter{.name = "high_hz",
                    .description = "fastest flicker; a lamp on mains of 50 Hz flickers at 100 Hz",
                    .kind = ParameterKind::real,
                    .unit = "Hz",
                    .fallback = 520,
                    .low = 1,
                    .high = 100'000},
    FilterParameter{.name = "mode",
                    .description = "band_stop drops flicker, band_pass keeps nothing else",
                    .kind = ParameterKind::choice,
                    .choices = modes},
    FilterParameter{.name = "start",
                    .description = "regular periods, less the irregular, from which a block flickers",
                    .fallback = 6,
                    .low = 1,
                    .high = 7},
    FilterParameter{.name = "stop", .description = "below which it no longer does", .fallback = 4, .low = 1, .high = 7},
    FilterParameter{.name = "block",
                    .description = "columns and rows of a block",
                    .unit = "px",
                    .fallback = 4,
                    .low = 1,
                    .high = 64},
};

struct Rule {
    std::uint32_t shortest_us, longest_us, start, stop, block;
    bool pass;
};

constexpr std::uint32_t most_score = 7;

/// What is known of a block. A period runs from one change from darker to brighter to the next.
struct Block {
    std::uint32_t period_us = 0;  ///< the last one; 0 where there was none shortly before
    std::uint8_t score = 0;
    bool on = true;  ///< polarity of the last event
    bool flickers = false;
};

std::uint32_t difference(std::uint32_t a, std::uint32_t b) { return a > b ? a - b : b - a; }

/// Take a period into account. It is regular where it lies in the band and is, within a quarter, as long as the last.
void judge(Block& block, std::uint32_t period_us, const Rule& rule) {
    const bool in_band = period_us >= rule.shortest_us && period_us <= rule.longest_us;
    const bool alike = block.period_us == 0 || difference(period_us, block.period_us) <= period_us / 4;
    const bool regular = in_band && alike;
    if (regular && block.score < most_score) ++block.score;
    if (!regular && block.score > 0) --block.score;
    if (block.score >= rule.start) block.flickers = true;
    if (block.score < rule.stop) block.flickers = false;
    block.period_us = period_us;
}

/// Take an event into account; `edge` is when the last period began.
void see(Block& block, std::uint32_t& edge, std::uint32_t now, bool on, const Rule& rule) {
    const bool rises = on && !block.on;
    block.on = on;
    const std::uint32_t since_us = now > edge ? now - edge : 0;
    if (since_us > 2 * rule.longest_us) {
        block.period_us = block.score = 0;
        block.flickers = false;
        edge = rises ? now : edge;
        return;
    }
    // A change within half a period of the fastest flicker is a straggler of the last one.
    if (!rises || since_us < rule.shortest_us / 2) return;
    judge(block, since_us, rule);
    edge = now;
}

class AntiFlicker final : public Filter {
public:
    AntiFlicker(Sensor sensor, Rule rule)
        : Filter(sensor),
          rule_(rule),
          columns_((sensor.width + rule.block - 1) / rule.block),
          blocks_(columns_ * ((sensor.height + rule.block - 1) / rule.block)),
          edges_(blocks_.size(), 2 * rule.longest_us) {
        const std::uint32_t side = std::max(sensor.width, sensor.height);
        for (std::uint32_t at = 0; at < side; ++at) block_of_.push_back(static_cast<std::uint16_t>(at / rule.block));
    }

    std::size_t state_bytes() const override {
        return edges_.bytes() + blocks_.size() * sizeof(Block) + block_of_.size() * sizeof(std::uint16_t);
    }

private:
    Packet filter(const Packet& part) override {
        const std::uint32_t shift = edges_.begin(part);
        std::uint32_t* const edges = edges_.data();
        Block* const blocks = blocks_.data();
        const std::uint16_t* const block_of = block_of_.data();
        const std::size_t columns = columns_;
        const Rule rule = rule_;
        return compact(part, [=](Event event) {
            const std::size_t at = block_of[event.y()] * columns + block_of[event.x];
            see(blocks[at], edges[at], event.t + shift, event.on(), rule);
            return blocks[at].flickers == rule.pass;
        });
    }

    bool remembers_times() const override { return true; }

    void forget() override {
        edges_.forget();
        std::ranges::fill(blocks_, Block{});
    }

    Rule rule_;
    std::size_t columns_;
    std::vector<Block> blocks_;
    PixelTimes edges_;
    std::vector<std::uint16_t> block_of_;  ///< column or row of blocks by column or row of pixels
};

std::uint32_t period_us(double hz) { return static_cast<std::uint32_t>(1e6 / hz); }

}  // namespace

constinit const FilterRow anti_flicker{
    .name = "anti_flicker",
    .description = "all but the events of lamps: of blocks of pixels that brighten and darken at a steady rate",
    .examples = "\n90 130\n50 520 --mode band_pass",
    .parameters = parameters,
    .make = [](const FilterSettings& settings, Sensor sensor) -> std::unique_ptr<Filter> {
        const double low_hz = settings.number("low_hz"), high_hz = settings.number("high_hz");
        if (low_hz > high_hz) throw InvalidArgument("filter anti_flicker: low_hz is above high_hz; it must be below");
        const Rule rule{period_us(high_hz),
                        period_us(low_hz),
                        settings.whole<std::uint32_t>("start"),
                        settings.whole<std::uint32_t>("stop"),
                        settings.whole<std::uint32_t>("block"),
                        settings.choice("mode") == "band_pass"};
        if (rule.stop > rule.start) throw InvalidArgument("filter anti_flicker: stop is above start; it must not be");
        return std::make_unique<AntiFlicker>(sensor, rule);
    },
};

}  // namespace aestream::filters
