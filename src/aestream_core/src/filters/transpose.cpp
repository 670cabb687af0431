// Columns become rows.
#include "aestream_core/multiversion.hpp"
#include "filters/compaction.hpp"
#include "filters/filters.hpp"

namespace aestream::filters {

namespace {

AESTREAM_MULTIVERSION
Packet transposed(const Packet& packet, Sensor sensor) {
    return moved(packet, sensor,
                 [](Event event) { return Event{event.t, event.y(), Event::pack(event.x, event.on())}; });
}

class Transpose final : public Filter {
public:
    explicit Transpose(Sensor sensor) : Filter(sensor, {sensor.height, sensor.width}) {}

private:
    Packet filter(const Packet& part) override { return transposed(part, output()); }
};

}  // namespace

constinit const FilterRow transpose{
    .name = "transpose",
    .description = "all events, mirrored at the diagonal: columns become rows",
    .examples = "",
    .moves_events = true,
    .make = [](const FilterSettings&, Sensor sensor) -> std::unique_ptr<Filter> {
        return std::make_unique<Transpose>(sensor);
    },
};

}  // namespace aestream::filters
