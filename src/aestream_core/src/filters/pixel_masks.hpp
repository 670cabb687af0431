// One value for each pixel and polarity.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aestream_core/errors.hpp"
#include "aestream_core/filters/filter.hpp"

namespace aestream::filters {

/// Where a pixel's value lies in two layers, off and then on.
class CellIndex {
public:
    explicit CellIndex(Sensor sensor) : width_(sensor.width), layer_(std::size_t{sensor.width} * sensor.height) {}
    std::size_t operator()(Event event) const {
        return (event.yp >> 15U) * layer_ + std::size_t{event.y()} * width_ + event.x;
    }

private:
    std::size_t width_;
    std::size_t layer_;
};

/// Two layers of 0 and 1 out of one or two layers of numbers. Throws InvalidArgument where they are of another size.
inline std::vector<std::uint8_t> two_layers(const PixelValues& values, Sensor sensor) {
    const std::size_t layer = std::size_t{sensor.width} * sensor.height;
    if (values.size() != layer && values.size() != 2 * layer) {
        throw InvalidArgument("a mask of " + std::to_string(values.size()) + " pixels does not fit a sensor of " +
                              std::to_string(sensor.width) + "x" + std::to_string(sensor.height));
    }
    std::vector<std::uint8_t> layers(2 * layer);
    for (std::size_t i = 0; i < layers.size(); ++i) layers[i] = values[i % values.size()] != 0 ? 1 : 0;
    return layers;
}

}  // namespace aestream::filters
