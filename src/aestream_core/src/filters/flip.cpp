// Mirrored.
#include <array>

#include "aestream_core/multiversion.hpp"
#include "filters/compaction.hpp"
#include "filters/filters.hpp"

namespace aestream::filters {

namespace {

constexpr std::array<std::string_view, 3> axes{"horizontal", "vertical", "both"};
constexpr std::array parameters{
    FilterParameter{.name = "axis",
                    .description = "horizontal: left and right change places; vertical: top and bottom",
                    .kind = ParameterKind::choice,
                    .choices = axes}};

AESTREAM_MULTIVERSION
Packet mirrored(const Packet& packet, Sensor sensor, bool columns, bool rows) {
    const std::uint16_t right = static_cast<std::uint16_t>(sensor.width - 1);
    const std::uint16_t bottom = static_cast<std::uint16_t>(sensor.height - 1);
    return moved(packet, sensor, [=](Event event) {
        const auto x = static_cast<std::uint16_t>(columns ? right - event.x : event.x);
        const auto y = static_cast<std::uint16_t>(rows ? bottom - event.y() : event.y());
        return Event{event.t, x, Event::pack(y, event.on())};
    });
}

class Flip final : public Filter {
public:
    Flip(Sensor sensor, bool columns, bool rows) : Filter(sensor), columns_(columns), rows_(rows) {}

private:
    Packet filter(const Packet& part) override { return mirrored(part, output(), columns_, rows_); }

    bool columns_, rows_;
};

}  // namespace

constinit const FilterRow flip{
    .name = "flip",
    .description = "all events, mirrored",
    .examples = "horizontal",
    .moves_events = true,
    .parameters = parameters,
    .make = [](const FilterSettings& settings, Sensor sensor) -> std::unique_ptr<Filter> {
        const std::string& axis = settings.choice("axis");
        return std::make_unique<Flip>(sensor, axis != "vertical", axis != "horizontal");
    },
};

}  // namespace aestream::filters
