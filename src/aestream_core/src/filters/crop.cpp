// The events in a rectangle, where they are.
#include "aestream_core/multiversion.hpp"
#include "filters/compaction.hpp"
#include "filters/filters.hpp"

namespace aestream::filters {

namespace {

AESTREAM_MULTIVERSION
Packet inside(const Packet& packet, Region region) {
    return compact(packet, [=](Event event) { return region.contains(event); });
}

class Crop final : public Filter {
public:
    Crop(Sensor sensor, Region region) : Filter(sensor), region_(region) {}

private:
    Packet filter(const Packet& part) override { return inside(part, region_); }

    Region region_;
};

}  // namespace

constinit const FilterRow crop{
    .name = "crop",
    .description = "the events in a rectangle; coordinates and the sensor's size stay as they are",
    .examples = "320 180 640 360",
    .parameters = region_parameters,
    .make = [](const FilterSettings& settings, Sensor sensor) -> std::unique_ptr<Filter> {
        return std::make_unique<Crop>(sensor, region_of(settings, sensor));
    },
};

}  // namespace aestream::filters
