// The event record of the suite: 8 bytes, little-endian, the same in C++, NumPy, torch and Triton.
#pragma once

#include <bit>
#include <cstdint>

namespace aestream {

static_assert(std::endian::native == std::endian::little, "the event record is defined little-endian");

/// One pixel change. Read as a 64-bit word: t in bits 31:0, x in 47:32, y in 62:48, polarity in bit 63.
struct Event {
    std::uint32_t t;   ///< µs since the packet's t0_us
    std::uint16_t x;   ///< column, 0 at the left
    std::uint16_t yp;  ///< row in the low 15 bits, 0 at the top; polarity in the top bit (1 = brighter)

    [[nodiscard]] constexpr std::uint16_t y() const { return yp & 0x7fffU; }
    [[nodiscard]] constexpr bool on() const { return (yp >> 15U) != 0; }

    [[nodiscard]] static constexpr std::uint16_t pack(std::uint16_t y, bool on) {
        return static_cast<std::uint16_t>(y | (on ? 0x8000U : 0U));
    }
};
static_assert(sizeof(Event) == 8 && alignof(Event) == 4);

/// Size of a sensor in pixels.
struct Sensor {
    std::uint16_t width = 0;
    std::uint16_t height = 0;
    bool operator==(const Sensor&) const = default;
    [[nodiscard]] constexpr bool contains(std::uint16_t x, std::uint16_t y) const { return x < width && y < height; }
};

/// Largest sensor side that the 15-bit y field, and every wire format of the suite, can hold.
inline constexpr std::uint16_t max_sensor_side = 0x7fff;

}  // namespace aestream
