// A part of the events by number.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "aestream_core/errors.hpp"
#include "filters/filters.hpp"

namespace aestream::filters {

namespace {

constexpr double no_end = std::numeric_limits<double>::infinity();
constexpr double most = 9e15;  // whole numbers up to here are exact
constexpr std::array parameters{
    FilterParameter{.name = "start", .description = "events to pass over first", .high = most},
    FilterParameter{
        .name = "stop", .description = "number of the event before which to stop", .fallback = no_end, .high = most},
};

class Count final : public Filter {
public:
    Count(Sensor sensor, std::uint64_t start, std::uint64_t stop) : Filter(sensor), start_(start), stop_(stop) {}

private:
    Packet filter(const Packet& part) override {
        const std::uint64_t from = std::clamp(start_, seen_, seen_ + part.size()) - seen_;
        const std::uint64_t to = std::clamp(stop_, seen_, seen_ + part.size()) - seen_;
        seen_ += part.size();
        return part.view(from, std::max(from, to));
    }

    void forget() override { seen_ = 0; }

    std::uint64_t start_, stop_;
    std::uint64_t seen_ = 0;
};

}  // namespace

constinit const FilterRow count{
    .name = "count",
    .description = "a part of the events by number: the first has number 0",
    .examples = "0 1000000",
    .parameters = parameters,
    .make = [](const FilterSettings& settings, Sensor sensor) -> std::unique_ptr<Filter> {
        const double start = settings.number("start"), stop = settings.number("stop");
        if (stop < start) throw InvalidArgument("filter count: stop lies before start");
        return std::make_unique<Count>(sensor, static_cast<std::uint64_t>(start),
                                       std::isinf(stop) ? UINT64_MAX : static_cast<std::uint64_t>(stop));
    },
};

}  // namespace aestream::filters
