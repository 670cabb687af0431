// A sensor of fewer, larger pixels.
#include <array>

#include "aestream_core/multiversion.hpp"
#include "filters/compaction.hpp"
#include "filters/filters.hpp"

namespace aestream::filters {

namespace {

constexpr std::array parameters{
    FilterParameter{
        .name = "factor", .description = "columns and rows that become one", .fallback = 2, .low = 1, .high = 1024},
};

std::uint16_t divided(std::uint16_t size, std::uint32_t factor) {
    return static_cast<std::uint16_t>((size + factor - 1) / factor);
}

AESTREAM_MULTIVERSION
Packet merged(const Packet& packet, Sensor sensor, std::uint32_t factor) {
    // Exact for all numerators below 2^16: floor(n / factor) = (n * reciprocal) >> 32.
    const std::uint64_t reciprocal = (std::uint64_t{1} << 32U) / factor + 1;
    return moved(packet, sensor, [=](Event event) {
        const auto x = static_cast<std::uint16_t>((event.x * reciprocal) >> 32U);
        const auto y = static_cast<std::uint16_t>((event.y() * reciprocal) >> 32U);
        return Event{event.t, x, Event::pack(y, event.on())};
    });
}

class Downsample final : public Filter {
public:
    Downsample(Sensor sensor, std::uint32_t factor)
        : Filter(sensor, {divided(sensor.width, factor), divided(sensor.height, factor)}), factor_(factor) {}

private:
    Packet filter(const Packet& part) override { return merged(part, output(), factor_); }

    std::uint32_t factor_;
};

}  // namespace

constinit const FilterRow downsample{
    .name = "downsample",
    .description = "all events, on a sensor whose pixels are blocks of this one's",
    .examples = "4",
    .moves_events = true,
    .parameters = parameters,
    .make = [](const FilterSettings& settings, Sensor sensor) -> std::unique_ptr<Filter> {
        return std::make_unique<Downsample>(sensor, settings.whole<std::uint32_t>("factor"));
    },
};

}  // namespace aestream::filters
