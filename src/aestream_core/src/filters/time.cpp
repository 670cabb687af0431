// A part of the time.
#include <array>
#include <cmath>
#include <limits>

#include "aestream_core/errors.hpp"
#include "filters/filters.hpp"

namespace aestream::filters {

namespace {

constexpr double no_end = std::numeric_limits<double>::infinity();
constexpr double last_us = 9e15;  // whole numbers up to here are exact
constexpr std::array<std::string_view, 2> origins{"zero", "first"};
constexpr std::array parameters{
    FilterParameter{.name = "start_us", .description = "from this time on", .unit = "us", .high = last_us},
    FilterParameter{
        .name = "stop_us", .description = "before this time", .unit = "us", .fallback = no_end, .high = last_us},
    FilterParameter{.name = "since",
                    .description = "zero: of the sensor's clock; first: since the first event",
                    .kind = ParameterKind::choice,
                    .choices = origins},
};

class Time final : public Filter {
public:
    Time(Sensor sensor, std::uint64_t start_us, std::uint64_t stop_us, bool since_first)
        : Filter(sensor), start_us_(start_us), stop_us_(stop_us), since_first_(since_first) {}

private:
    Packet filter(const Packet& part) override {
        if (since_first_ && !started_) origin_us_ = part.first_us();
        started_ = true;
        const std::uint64_t stop_us = stop_us_ > UINT64_MAX - origin_us_ ? UINT64_MAX : origin_us_ + stop_us_;
        return part.slice_time(origin_us_ + start_us_, stop_us);
    }

    void forget() override {
        started_ = false;
        origin_us_ = 0;
    }

    std::uint64_t start_us_, stop_us_;
    bool since_first_;
    bool started_ = false;
    std::uint64_t origin_us_ = 0;
};

}  // namespace

constinit const FilterRow time{
    .name = "time",
    .description = "the events of a part of the time",
    .examples = "1000000 2000000\n0 500000 --since first",
    .parameters = parameters,
    .make = [](const FilterSettings& settings, Sensor sensor) -> std::unique_ptr<Filter> {
        const double start_us = settings.number("start_us"), stop_us = settings.number("stop_us");
        if (stop_us < start_us) throw InvalidArgument("filter time: stop_us lies before start_us");
        return std::make_unique<Time>(sensor, static_cast<std::uint64_t>(start_us),
                                      std::isinf(stop_us) ? UINT64_MAX : static_cast<std::uint64_t>(stop_us),
                                      settings.choice("since") == "first");
    },
};

}  // namespace aestream::filters
