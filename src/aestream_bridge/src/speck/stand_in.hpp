// An event class of the shape that samna's has, to measure and test the conversion where samna is not installed.
#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>

namespace aestream::speck {

struct StandInSpike {
    std::uint8_t layer = 0;
    std::uint16_t feature = 0;
    std::uint8_t y = 0;
    std::uint8_t x = 0;
    std::uint32_t timestamp = 0;
};

inline void register_stand_in(pybind11::module_& module) {
    pybind11::class_<StandInSpike>(module, "StandInSpike")
        .def(pybind11::init<>())
        .def_readwrite("layer", &StandInSpike::layer)
        .def_readwrite("feature", &StandInSpike::feature)
        .def_readwrite("y", &StandInSpike::y)
        .def_readwrite("x", &StandInSpike::x)
        .def_readwrite("timestamp", &StandInSpike::timestamp);
}

}  // namespace aestream::speck
