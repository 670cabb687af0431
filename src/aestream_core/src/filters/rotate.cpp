// Turned by quarters.
#include <array>

#include "aestream_core/multiversion.hpp"
#include "filters/compaction.hpp"
#include "filters/filters.hpp"

namespace aestream::filters {

namespace {

constexpr std::array<std::string_view, 3> turns{"90", "180", "270"};
constexpr std::array parameters{FilterParameter{.name = "degrees",
                                                .description = "clockwise, as one looks at the picture",
                                                .kind = ParameterKind::choice,
                                                .unit = "degrees",
                                                .choices = turns}};

Sensor turned(Sensor sensor, int degrees) { return degrees == 180 ? sensor : Sensor{sensor.height, sensor.width}; }

AESTREAM_MULTIVERSION
Packet rotated(const Packet& packet, Sensor before, Sensor after, int degrees) {
    const int right = before.width - 1, bottom = before.height - 1;
    return moved(packet, after, [=](Event event) {
        const int x = event.x, y = event.y();
        const int new_x = degrees == 90 ? bottom - y : degrees == 180 ? right - x : y;
        const int new_y = degrees == 90 ? x : degrees == 180 ? bottom - y : right - x;
        return Event{event.t, static_cast<std::uint16_t>(new_x),
                     Event::pack(static_cast<std::uint16_t>(new_y), event.on())};
    });
}

class Rotate final : public Filter {
public:
    Rotate(Sensor sensor, int degrees) : Filter(sensor, turned(sensor, degrees)), degrees_(degrees) {}

private:
    Packet filter(const Packet& part) override { return rotated(part, input(), output(), degrees_); }

    int degrees_;
};

}  // namespace

constinit const FilterRow rotate{
    .name = "rotate",
    .description = "all events, turned by quarters",
    .examples = "90",
    .moves_events = true,
    .parameters = parameters,
    .make = [](const FilterSettings& settings, Sensor sensor) -> std::unique_ptr<Filter> {
        return std::make_unique<Rotate>(sensor, std::stoi(settings.choice("degrees")));
    },
};

}  // namespace aestream::filters
