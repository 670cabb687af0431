// The table of scenes: a new one is a file and a row here.
#include <algorithm>
#include <array>
#include <string>

#include "aestream_core/errors.hpp"
#include "aestream_core/simulator.hpp"
#include "sim/scenes.hpp"

namespace aestream {

namespace {

struct Row {
    std::string_view name;
    std::unique_ptr<sim::Scene> (*make)(Sensor sensor, std::uint64_t seed);
};

constexpr std::array table{
    Row{"bar", &sim::make_bar},         Row{"digits", &sim::make_digits}, Row{"disc", &sim::make_disc},
    Row{"grating", &sim::make_grating}, Row{"shapes", &sim::make_shapes},
};

constexpr auto names = [] {
    std::array<std::string_view, table.size()> result;
    for (std::size_t i = 0; i < table.size(); ++i) result[i] = table[i].name;
    return result;
}();

std::string known_names() {
    std::string list;
    for (const std::string_view name : names) list.append(list.empty() ? "" : ", ").append(name);
    return list;
}

}  // namespace

std::span<const std::string_view> scene_names() { return names; }

namespace sim {

std::unique_ptr<Scene> make_scene(std::string_view name, Sensor sensor, std::uint64_t seed) {
    const auto row = std::ranges::find(table, name, &Row::name);
    if (row == table.end()) {
        throw InvalidArgument("unknown scene '" + std::string(name) + "'; known: " + known_names());
    }
    return row->make(sensor, seed);
}

}  // namespace sim

}  // namespace aestream
