// Sine and cosine from basic arithmetic alone: libm differs between machines in the last bit, and events must not.
#pragma once

#include <cmath>
#include <cstdint>
#include <utility>

namespace aestream::sim {

inline constexpr double pi = 3.14159265358979323846;

struct Direction {
    double cosine;
    double sine;
};

/// Direction of an angle in whole turns, to about 1e-15: Taylor series within an eighth of a turn of an axis.
inline Direction direction_of(double turns) {
    const double quarters = std::floor(turns * 4 + 0.5);
    const double z = (turns - quarters * 0.25) * (2 * pi);
    const double s = z * z;
    const double sine =
        z * (1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72 * (1 - s / 110 * (1 - s / 156 * (1 - s / 210)))))));
    const double cosine =
        1 - s / 2 * (1 - s / 12 * (1 - s / 30 * (1 - s / 56 * (1 - s / 90 * (1 - s / 132 * (1 - s / 182))))));
    switch (static_cast<std::int64_t>(quarters) & 3) {
        case 0:
            return {cosine, sine};
        case 1:
            return {-sine, cosine};
        case 2:
            return {-cosine, -sine};
        default:
            return {sine, -cosine};
    }
}

}  // namespace aestream::sim
