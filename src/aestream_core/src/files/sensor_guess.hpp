// The size of a sensor that no header tells, judged by the events.
#pragma once

#include <algorithm>
#include <array>

#include "aestream_core/event.hpp"

namespace aestream {

/// The smallest size among the usual sensors that holds events up to these coordinates; just large enough where none
/// does. For formats without a header: look at events all over the file first, and say that the size is assumed.
[[nodiscard]] inline Sensor smallest_usual_sensor(std::uint16_t x_max, std::uint16_t y_max) {
    constexpr std::array usual{Sensor{34, 34},   Sensor{128, 128}, Sensor{240, 180}, Sensor{304, 240}, Sensor{320, 240},
                               Sensor{320, 320}, Sensor{346, 260}, Sensor{640, 480}, Sensor{1280, 720}};
    const auto fits = std::ranges::find_if(usual, [&](Sensor sensor) { return sensor.contains(x_max, y_max); });
    if (fits != usual.end()) return *fits;
    const auto side = [](std::uint16_t largest) { return std::min<std::uint16_t>(largest, max_sensor_side - 1); };
    return {static_cast<std::uint16_t>(side(x_max) + 1), static_cast<std::uint16_t>(side(y_max) + 1)};
}

}  // namespace aestream
