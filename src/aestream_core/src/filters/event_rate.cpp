// A limit on events a second, kept by thinning evenly.
#include <array>

#include "aestream_core/errors.hpp"
#include "filters/compaction.hpp"
#include "filters/filters.hpp"

namespace aestream::filters {

namespace {

constexpr std::array parameters{
    FilterParameter{.name = "rate_hz",
                    .description = "most events a second",
                    .kind = ParameterKind::real,
                    .unit = "Hz",
                    .required = true,
                    .low = 1,
                    .high = 1e12},
    FilterParameter{.name = "window_us",
                    .description = "time in which the limit is kept",
                    .unit = "us",
                    .fallback = 1000,
                    .low = 1,
                    .high = 10'000'000},
};

/// In each window at most `budget` events are kept. Which ones follows from how many the window before had: one in
/// seen / budget, so that they are spread over the window as long as the rate does not rise.
class EventRate final : public Filter {
public:
    EventRate(Sensor sensor, std::uint64_t budget, std::uint64_t window_us)
        : Filter(sensor), budget_(budget), window_us_(window_us) {}

private:
    Packet filter(const Packet& part) override {
        const std::uint64_t t0_us = part.t0_us();
        return compact(part, [=, this](Event event) {
            const std::uint64_t t_us = t0_us + event.t;
            if (!started_ || t_us >= end_us_) [[unlikely]]
                next_window(t_us);
            ++seen_;
            const bool even = spread_ + budget_ >= expected_;
            spread_ += budget_ - (even ? expected_ : 0);
            const bool keep = (even || expected_ <= budget_) && kept_ < budget_;
            kept_ += keep ? 1U : 0U;
            return keep;
        });
    }

    bool remembers_times() const override { return true; }

    void forget() override {
        started_ = false;
        seen_ = 0;
    }

    void next_window(std::uint64_t t_us) {
        const std::uint64_t start_us = t_us - t_us % window_us_;
        expected_ = started_ && start_us == end_us_ ? seen_ : 0;
        end_us_ = start_us + window_us_;
        seen_ = kept_ = spread_ = 0;
        started_ = true;
    }

    std::uint64_t budget_, window_us_;
    std::uint64_t end_us_ = 0;
    std::uint64_t expected_ = 0;  ///< events of the window before
    std::uint64_t seen_ = 0, kept_ = 0, spread_ = 0;
    bool started_ = false;
};

}  // namespace

constinit const FilterRow event_rate{
    .name = "event_rate",
    .description = "no more than so many events a second; what is over is thinned evenly",
    .examples = "5e6\n1e6 --window-us 10000",
    .parameters = parameters,
    .make = [](const FilterSettings& settings, Sensor sensor) -> std::unique_ptr<Filter> {
        const double budget = settings.number("rate_hz") * settings.number("window_us") / 1e6;
        if (budget < 1) throw InvalidArgument("filter event_rate: less than one event fits a window; make it longer");
        return std::make_unique<EventRate>(sensor, static_cast<std::uint64_t>(budget),
                                           settings.whole<std::uint64_t>("window_us"));
    },
};

}  // namespace aestream::filters
