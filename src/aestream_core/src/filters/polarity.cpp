// Brighter or darker.
#include <array>

#include "aestream_core/multiversion.hpp"
#include "filters/compaction.hpp"
#include "filters/filters.hpp"

namespace aestream::filters {

namespace {

constexpr std::array<std::string_view, 2> polarities{"on", "off"};
constexpr std::array parameters{FilterParameter{.name = "polarity",
                                                .description = "on: brighter, off: darker",
                                                .kind = ParameterKind::choice,
                                                .required = true,
                                                .choices = polarities}};

AESTREAM_MULTIVERSION
Packet of_polarity(const Packet& packet, bool on) {
    return compact(packet, [=](Event event) { return event.on() == on; });
}

class Polarity final : public Filter {
public:
    Polarity(Sensor sensor, bool on) : Filter(sensor), on_(on) {}

private:
    Packet filter(const Packet& part) override { return of_polarity(part, on_); }

    bool on_;
};

}  // namespace

constinit const FilterRow polarity{
    .name = "polarity",
    .description = "the events of one polarity",
    .examples = "on",
    .parameters = parameters,
    .make = [](const FilterSettings& settings, Sensor sensor) -> std::unique_ptr<Filter> {
        return std::make_unique<Polarity>(sensor, settings.choice("polarity") == "on");
    },
};

}  // namespace aestream::filters
