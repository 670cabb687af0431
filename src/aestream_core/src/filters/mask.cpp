// Chosen pixels.
#include <array>

#include "filters/compaction.hpp"
#include "filters/filters.hpp"
#include "filters/pixel_masks.hpp"

namespace aestream::filters {

namespace {

constexpr std::array parameters{
    FilterParameter{.name = "path",
                    .description = "picture, or .npy array (H, W) or (2, H, W) for off and on, of the sensor's size; "
                                   "what is not black is kept",
                    .kind = ParameterKind::mask,
                    .required = true},
    FilterParameter{.name = "invert", .description = "keep what is black instead", .kind = ParameterKind::flag},
};

class Mask final : public Filter {
public:
    Mask(Sensor sensor, std::vector<std::uint8_t> keep) : Filter(sensor), keep_(std::move(keep)) {}
    std::size_t state_bytes() const override { return keep_.size(); }

private:
    Packet filter(const Packet& part) override {
        const std::uint8_t* const keep = keep_.data();
        const CellIndex index(input());
        return compact(part, [=](Event event) { return keep[index(event)] != 0; });
    }

    std::vector<std::uint8_t> keep_;  ///< off, then on
};

}  // namespace

constinit const FilterRow mask{
    .name = "mask",
    .description = "the events of the pixels that a picture or an array names",
    .examples = "keep.png\nhot.npy --invert",
    .parameters = parameters,
    .make = [](const FilterSettings& settings, Sensor sensor) -> std::unique_ptr<Filter> {
        auto keep = two_layers(settings.pixels("path"), sensor);
        const bool invert = settings.flag("invert");
        for (std::uint8_t& each : keep) each = (each != 0) != invert ? 1 : 0;
        return std::make_unique<Mask>(sensor, std::move(keep));
    },
};

}  // namespace aestream::filters
