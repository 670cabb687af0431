// Spatio-temporal contrast: what a second event confirms. "STC_CUT_TRAIL" and "STC_KEEP_TRAIL" of Prophesee's sensors.
#include <array>

#include "filters/bursts.hpp"
#include "filters/filters.hpp"

namespace aestream::filters {

namespace {

constexpr std::array<std::string_view, 2> modes{"cut_trail", "keep_trail"};
constexpr std::array parameters{
    burst_us,
    FilterParameter{.name = "mode",
                    .description = "cut_trail: the second event of a burst only; keep_trail: all but the first",
                    .kind = ParameterKind::choice,
                    .choices = modes},
};
constexpr unsigned second = 1U << 2U, later = 1U << 3U;

class SpatioTemporalContrast final : public Filter {
public:
    SpatioTemporalContrast(Sensor sensor, std::uint32_t us, bool keep_trail)
        : Filter(sensor), bursts_(sensor, us), keep_(keep_trail ? second | later : second) {}
    std::size_t state_bytes() const override { return bursts_.bytes(); }

private:
    Packet filter(const Packet& part) override { return bursts_.select(part, keep_); }
    bool remembers_times() const override { return true; }
    void forget() override { bursts_.forget(); }

    Bursts bursts_;
    unsigned keep_;
};

}  // namespace

constinit const FilterRow stc{
    .name = "stc",
    .description = "the second event of each burst, or all but the first; single events are noise",
    .examples = "10000 cut_trail\n5000 keep_trail",
    .parameters = parameters,
    .make = [](const FilterSettings& settings, Sensor sensor) -> std::unique_ptr<Filter> {
        return std::make_unique<SpatioTemporalContrast>(sensor, settings.whole<std::uint32_t>("us"),
                                                        settings.choice("mode") == "keep_trail");
    },
};

}  // namespace aestream::filters
