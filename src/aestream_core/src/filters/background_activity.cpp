// Noise comes alone: nearest-neighbour filter, as of Delbruck 2008, "Frame-free dynamic digital vision".
#include <algorithm>
#include <array>

#include "filters/compaction.hpp"
#include "filters/filters.hpp"
#include "filters/pixel_times.hpp"

namespace aestream::filters {

namespace {

constexpr std::array parameters{
    FilterParameter{.name = "us",
                    .description = "longest time since the last event of one of the eight neighbours",
                    .unit = "us",
                    .fallback = 2000,
                    .low = 1,
                    .high = longest_us},
};

/// The picture of stamps has a frame of one pixel, so that pixels at the edge have eight neighbours as well.
class BackgroundActivity final : public Filter {
public:
    BackgroundActivity(Sensor sensor, std::uint32_t us)
        : Filter(sensor), us_(us), fired_((sensor.width + 2U) * (sensor.height + 2U), us) {}
    std::size_t state_bytes() const override { return fired_.bytes(); }

private:
    Packet filter(const Packet& part) override {
        const std::uint32_t shift = fired_.begin(part), us = us_;
        const std::size_t pitch = input().width + 2U;
        std::uint32_t* const stamps = fired_.data();
        return compact(part, [=](Event event) {
            std::uint32_t* const above = stamps + event.y() * pitch + event.x;
            std::uint32_t* const beside = above + pitch;
            const std::uint32_t* const below = beside + pitch;
            const std::uint32_t now = event.t + shift;
            const std::uint32_t latest =
                std::max({above[0], above[1], above[2], beside[0], beside[2], below[0], below[1], below[2]});
            beside[1] = now;
            return latest + us >= now;
        });
    }

    bool remembers_times() const override { return true; }
    void forget() override { fired_.forget(); }

    std::uint32_t us_;
    PixelTimes fired_;
};

}  // namespace

constinit const FilterRow background_activity{
    .name = "background_activity",
    .description = "the events with one of the eight neighbours' shortly before; noise comes alone",
    .examples = "2000",
    .parameters = parameters,
    .make = [](const FilterSettings& settings, Sensor sensor) -> std::unique_ptr<Filter> {
        return std::make_unique<BackgroundActivity>(sensor, settings.whole<std::uint32_t>("us"));
    },
};

}  // namespace aestream::filters
