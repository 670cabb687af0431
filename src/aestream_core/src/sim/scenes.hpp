// The makers of all scenes, one a file; scene_table.cpp lists them by name.
#pragma once

#include <cstdint>
#include <memory>

#include "sim/scene.hpp"

namespace aestream::sim {

std::unique_ptr<Scene> make_bar(Sensor sensor, std::uint64_t seed);
std::unique_ptr<Scene> make_digits(Sensor sensor, std::uint64_t seed);
std::unique_ptr<Scene> make_disc(Sensor sensor, std::uint64_t seed);
std::unique_ptr<Scene> make_grating(Sensor sensor, std::uint64_t seed);
std::unique_ptr<Scene> make_shapes(Sensor sensor, std::uint64_t seed);

}  // namespace aestream::sim
