// The rows of the table, each defined in the file of its filter.
#pragma once

#include <array>

#include "aestream_core/filters/filter.hpp"

namespace aestream::filters {

extern const FilterRow anti_flicker, background_activity, count, crop, downsample, event_rate, every_nth, flip,
    hot_pixels, mask, polarity, refractory, roi, rotate, stc, stcf, time, trail, transpose, undistort;

/// A rectangle of pixels.
struct Region {
    std::uint16_t x, y, width, height;
    [[nodiscard]] bool contains(Event event) const {
        // What lies left of or above the region wraps to a large number. Not &&, which would branch.
        const bool column = static_cast<std::uint16_t>(event.x - x) < width;
        const bool row = static_cast<std::uint16_t>(event.y() - y) < height;
        return (static_cast<unsigned>(column) & static_cast<unsigned>(row)) != 0;
    }
};

/// The settings x, y, columns and rows. Throws InvalidArgument where the region does not lie on the sensor.
[[nodiscard]] Region region_of(const FilterSettings& settings, Sensor sensor);

/// The parameters that `region_of` reads.
inline constexpr std::array region_parameters{
    FilterParameter{
        .name = "x", .description = "leftmost column", .unit = "px", .required = true, .high = max_sensor_side},
    FilterParameter{.name = "y", .description = "topmost row", .unit = "px", .required = true, .high = max_sensor_side},
    FilterParameter{.name = "columns",
                    .description = "width of the rectangle",
                    .unit = "px",
                    .required = true,
                    .low = 1,
                    .high = max_sensor_side},
    FilterParameter{.name = "rows",
                    .description = "height of it",
                    .unit = "px",
                    .required = true,
                    .low = 1,
                    .high = max_sensor_side},
};

}  // namespace aestream::filters
