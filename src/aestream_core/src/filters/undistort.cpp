// Where each pixel's light would fall without the lens's distortion.
#include <array>
#include <string>
#include <vector>

#include "aestream_core/errors.hpp"
#include "filters/compaction.hpp"
#include "filters/filters.hpp"

namespace aestream::filters {

namespace {

constexpr std::array parameters{
    FilterParameter{.name = "camera_info",
                    .description = "calibration as ROS writes it (YAML), or an array (H, W) of the index of the pixel "
                                   "that each becomes, -1 for none",
                    .kind = ParameterKind::lookup,
                    .required = true},
};

constexpr std::uint32_t outside = UINT32_MAX;

/// x in the low half, y in the high one; `outside` where the pixel falls off the picture.
std::vector<std::uint32_t> places_of(const PixelValues& lookup, Sensor sensor) {
    const std::size_t pixels = std::size_t{sensor.width} * sensor.height;
    if (lookup.size() != pixels) {
        throw InvalidArgument("a calibration for " + std::to_string(lookup.size()) +
                              " pixels does not fit a sensor of " + std::to_string(sensor.width) + "x" +
                              std::to_string(sensor.height));
    }
    std::vector<std::uint32_t> places;
    places.reserve(pixels);
    for (const std::int32_t target : lookup) {
        const auto at = static_cast<std::uint32_t>(target);
        places.push_back(at >= pixels ? outside : at % sensor.width | at / sensor.width << 16U);
    }
    return places;
}

class Undistort final : public Filter {
public:
    Undistort(Sensor sensor, const PixelValues& lookup) : Filter(sensor), places_(places_of(lookup, sensor)) {}
    std::size_t state_bytes() const override { return places_.size() * sizeof(std::uint32_t); }

private:
    Packet filter(const Packet& part) override {
        BufferRef buffer = BufferPool::shared().acquire(part.size() * sizeof(Event));
        auto* const out = reinterpret_cast<Event*>(buffer->data());
        const std::uint32_t* const places = places_.data();
        const std::size_t width = input().width;
        std::size_t kept = 0;
        for (const Event event : part.events()) {
            const std::uint32_t place = places[event.y() * width + event.x];
            const auto y = static_cast<std::uint16_t>(place >> 16U & 0x7fffU);
            out[kept] = {event.t, static_cast<std::uint16_t>(place), Event::pack(y, event.on())};
            kept += place != outside ? 1U : 0U;
        }
        return packet_like(part, output(), std::move(buffer), kept);
    }

    std::vector<std::uint32_t> places_;
};

}  // namespace

constinit const FilterRow undistort{
    .name = "undistort",
    .description = "the events in undistorted, rectified coordinates; those that fall off the picture are dropped",
    .examples = "camera_info.yaml",
    .moves_events = true,
    .parameters = parameters,
    .make = [](const FilterSettings& settings, Sensor sensor) -> std::unique_ptr<Filter> {
        return std::make_unique<Undistort>(sensor, settings.pixels("camera_info"));
    },
};

}  // namespace aestream::filters
