// Spatio-temporal correlation filter of Guo and Delbruck 2022, doi:10.1109/TPAMI.2022.3152999.
#include <array>

#include "aestream_core/multiversion.hpp"
#include "filters/compaction.hpp"
#include "filters/filters.hpp"
#include "filters/pixel_times.hpp"

namespace aestream::filters {

namespace {

constexpr std::array<std::string_view, 2> polarities{"same", "any"};
constexpr std::array parameters{
    FilterParameter{.name = "us",
                    .description = "longest time since the neighbours' last events",
                    .unit = "us",
                    .fallback = 25'000,
                    .low = 1,
                    .high = longest_us},
    FilterParameter{.name = "k",
                    .description = "pixels of the 3 x 3 that must have fired in that time",
                    .fallback = 2,
                    .low = 1,
                    .high = 9},
    FilterParameter{.name = "polarity",
                    .description = "which events of the neighbours count",
                    .kind = ParameterKind::choice,
                    .choices = polarities},
    FilterParameter{.name = "self", .description = "the pixel itself counts as well", .kind = ParameterKind::flag},
};

struct Rule {
    std::uint32_t us, least;
    bool same_polarity, with_self;
};

/// `stamps`: a picture with a frame of one pixel for each polarity, off first.
AESTREAM_MULTIVERSION
Packet correlated(const Packet& part, Rule rule, std::uint32_t* stamps, std::uint32_t shift) {
    const std::size_t pitch = part.sensor().width + 2U;
    const std::size_t layer = rule.same_polarity ? pitch * (part.sensor().height + 2U) : 0;
    return compact(part, [=](Event event) {
        std::uint32_t* const above = stamps + (event.yp >> 15U) * layer + event.y() * pitch + event.x;
        std::uint32_t* const beside = above + pitch;
        const std::uint32_t* const below = beside + pitch;
        const std::uint32_t now = event.t + shift;
        const auto fired = [=](std::uint32_t stamp) { return stamp + rule.us >= now ? 1U : 0U; };
        std::uint32_t support = rule.with_self ? fired(beside[1]) : 0U;
        support += fired(above[0]) + fired(above[1]) + fired(above[2]) + fired(beside[0]);
        support += fired(beside[2]) + fired(below[0]) + fired(below[1]) + fired(below[2]);
        beside[1] = now;
        return support >= rule.least;
    });
}

class SpatioTemporalCorrelation final : public Filter {
public:
    SpatioTemporalCorrelation(Sensor sensor, Rule rule)
        : Filter(sensor),
          rule_(rule),
          fired_((rule.same_polarity ? 2U : 1U) * (sensor.width + std::size_t{2}) * (sensor.height + 2U), rule.us) {}
    std::size_t state_bytes() const override { return fired_.bytes(); }

private:
    Packet filter(const Packet& part) override {
        const std::uint32_t shift = fired_.begin(part);
        return correlated(part, rule_, fired_.data(), shift);
    }

    bool remembers_times() const override { return true; }
    void forget() override { fired_.forget(); }

    Rule rule_;
    PixelTimes fired_;
};

}  // namespace

constinit const FilterRow stcf{
    .name = "stcf",
    .description = "the events with at least k of the 3 x 3 pixels' shortly before",
    .examples = "25000 2\n10000 3 --polarity any",
    .parameters = parameters,
    .make = [](const FilterSettings& settings, Sensor sensor) -> std::unique_ptr<Filter> {
        const Rule rule{settings.whole<std::uint32_t>("us"), settings.whole<std::uint32_t>("k"),
                        settings.choice("polarity") == "same", settings.flag("self")};
        return std::make_unique<SpatioTemporalCorrelation>(sensor, rule);
    },
};

}  // namespace aestream::filters
