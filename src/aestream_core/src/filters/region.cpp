#include <string>

#include "aestream_core/errors.hpp"
#include "filters/filters.hpp"

namespace aestream::filters {

Region region_of(const FilterSettings& settings, Sensor sensor) {
    const Region region{settings.whole<std::uint16_t>("x"), settings.whole<std::uint16_t>("y"),
                        settings.whole<std::uint16_t>("columns"), settings.whole<std::uint16_t>("rows")};
    if (region.x + region.width > sensor.width || region.y + region.height > sensor.height) {
        throw InvalidArgument("region x=" + std::to_string(region.x) + " y=" + std::to_string(region.y) +
                              " width=" + std::to_string(region.width) + " height=" + std::to_string(region.height) +
                              " does not lie on the " + std::to_string(sensor.width) + "x" +
                              std::to_string(sensor.height) + " sensor");
    }
    return region;
}

}  // namespace aestream::filters
