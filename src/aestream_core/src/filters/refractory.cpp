// Pixels that are blind for a while after each event.
#include <array>

#include "filters/compaction.hpp"
#include "filters/filters.hpp"
#include "filters/pixel_times.hpp"

namespace aestream::filters {

namespace {

constexpr std::array parameters{
    FilterParameter{.name = "us",
                    .description = "time after an event that was kept in which its pixel's next ones are dropped",
                    .unit = "us",
                    .fallback = 1000,
                    .low = 1,
                    .high = longest_us},
};

class Refractory final : public Filter {
public:
    Refractory(Sensor sensor, std::uint32_t us)
        : Filter(sensor), us_(us), kept_(std::size_t{sensor.width} * sensor.height, us) {}
    std::size_t state_bytes() const override { return kept_.bytes(); }

private:
    Packet filter(const Packet& part) override {
        const std::uint32_t shift = kept_.begin(part), us = us_;
        const std::size_t width = input().width;
        std::uint32_t* const stamps = kept_.data();
        return compact(part, [=](Event event) {
            const std::size_t pixel = event.y() * width + event.x;
            const std::uint32_t last = stamps[pixel], now = event.t + shift;
            const bool keep = last + us <= now;
            const std::uint32_t chosen = 0U - (keep ? 1U : 0U);  // a mask: whether to store is hard to predict
            stamps[pixel] = last ^ ((last ^ now) & chosen);
            return keep;
        });
    }

    bool remembers_times() const override { return true; }
    void forget() override { kept_.forget(); }

    std::uint32_t us_;
    PixelTimes kept_;
};

}  // namespace

constinit const FilterRow refractory{
    .name = "refractory",
    .description = "the events that come no sooner than a refractory time after the last one kept of their pixel",
    .examples = "500",
    .parameters = parameters,
    .make = [](const FilterSettings& settings, Sensor sensor) -> std::unique_ptr<Filter> {
        return std::make_unique<Refractory>(sensor, settings.whole<std::uint32_t>("us"));
    },
};

}  // namespace aestream::filters
