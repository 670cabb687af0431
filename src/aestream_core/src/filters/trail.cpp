// The first event of each burst: the filter "trail" of Prophesee's sensors.
#include <array>

#include "filters/bursts.hpp"
#include "filters/filters.hpp"

namespace aestream::filters {

namespace {

constexpr std::array parameters{burst_us};
constexpr unsigned first = 1U << 1U;

class Trail final : public Filter {
public:
    Trail(Sensor sensor, std::uint32_t us) : Filter(sensor), bursts_(sensor, us) {}
    std::size_t state_bytes() const override { return bursts_.bytes(); }

private:
    Packet filter(const Packet& part) override { return bursts_.select(part, first); }
    bool remembers_times() const override { return true; }
    void forget() override { bursts_.forget(); }

    Bursts bursts_;
};

}  // namespace

constinit const FilterRow trail{
    .name = "trail",
    .description = "the first event of each burst: of events of one pixel and polarity that follow one another soon",
    .examples = "10000",
    .parameters = parameters,
    .make = [](const FilterSettings& settings, Sensor sensor) -> std::unique_ptr<Filter> {
        return std::make_unique<Trail>(sensor, settings.whole<std::uint32_t>("us"));
    },
};

}  // namespace aestream::filters
