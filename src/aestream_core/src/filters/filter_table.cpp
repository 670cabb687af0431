// The table of filters: a new one is a file and a row here.
#include <algorithm>
#include <array>
#include <string>

#include "aestream_core/errors.hpp"
#include "filters/filters.hpp"

namespace aestream {

namespace {

constexpr std::array table{
    &filters::crop,
    &filters::roi,
    &filters::polarity,
    &filters::mask,
    &filters::downsample,
    &filters::every_nth,
    &filters::transpose,
    &filters::flip,
    &filters::rotate,
    &filters::refractory,
    &filters::background_activity,
    &filters::stcf,
    &filters::trail,
    &filters::stc,
    &filters::hot_pixels,
    &filters::anti_flicker,
    &filters::event_rate,
    &filters::undistort,
    &filters::time,
    &filters::count,
};

}  // namespace

std::span<const FilterRow* const> filter_table() { return table; }

std::unique_ptr<Filter> make_filter(std::string_view name, const GivenSettings& given, Sensor sensor) {
    const auto row = std::ranges::find(table, name, &FilterRow::name);
    if (row == table.end()) {
        std::string known;
        for (const FilterRow* each : table) known.append(known.empty() ? "" : ", ").append(each->name);
        throw InvalidArgument("unknown filter '" + std::string(name) + "'; known: " + known);
    }
    return (*row)->make(FilterSettings(name, (*row)->parameters, given), sensor);
}

}  // namespace aestream
