// A region of interest as a sensor of its own.
#include "aestream_core/multiversion.hpp"
#include "filters/compaction.hpp"
#include "filters/filters.hpp"

namespace aestream::filters {

namespace {

AESTREAM_MULTIVERSION
Packet part_inside(const Packet& packet, Region region) {
    BufferRef buffer = BufferPool::shared().acquire(packet.size() * sizeof(Event));
    auto* const out = reinterpret_cast<Event*>(buffer->data());
    std::size_t kept = 0;
    for (const Event event : packet.events()) {
        out[kept] = {event.t, static_cast<std::uint16_t>(event.x - region.x),
                     static_cast<std::uint16_t>(event.yp - region.y)};
        kept += region.contains(event) ? 1U : 0U;
    }
    return packet_like(packet, {region.width, region.height}, std::move(buffer), kept);
}

class RegionOfInterest final : public Filter {
public:
    RegionOfInterest(Sensor sensor, Region region) : Filter(sensor, {region.width, region.height}), region_(region) {}

private:
    Packet filter(const Packet& part) override { return part_inside(part, region_); }

    Region region_;
};

}  // namespace

constinit const FilterRow roi{
    .name = "roi",
    .description = "the events in a rectangle, which becomes the sensor: coordinates count from its corner",
    .examples = "320 180 640 360",
    .moves_events = true,
    .parameters = region_parameters,
    .make = [](const FilterSettings& settings, Sensor sensor) -> std::unique_ptr<Filter> {
        return std::make_unique<RegionOfInterest>(sensor, region_of(settings, sensor));
    },
};

}  // namespace aestream::filters
