// Fewer events, evenly.
#include <array>
#include <limits>

#include "filters/compaction.hpp"
#include "filters/filters.hpp"

namespace aestream::filters {

namespace {

constexpr std::array parameters{
    FilterParameter{.name = "n",
                    .description = "one in so many events is kept",
                    .fallback = 2,
                    .low = 1,
                    .high = std::numeric_limits<std::uint32_t>::max()},
};

class EveryNth final : public Filter {
public:
    EveryNth(Sensor sensor, std::uint64_t n) : Filter(sensor), n_(n) {}

private:
    Packet filter(const Packet& part) override {
        BufferRef buffer = BufferPool::shared().acquire(part.size() / n_ * sizeof(Event) + sizeof(Event));
        auto* out = reinterpret_cast<Event*>(buffer->data());
        const auto events = part.events();
        std::size_t kept = 0, at = ahead_;
        for (; at < events.size(); at += n_) out[kept++] = events[at];
        ahead_ = at - events.size();
        return kept == events.size() ? part : packet_like(part, part.sensor(), std::move(buffer), kept);
    }

    void forget() override { ahead_ = 0; }

    std::uint64_t n_;
    std::uint64_t ahead_ = 0;  ///< events to pass over before the next one that is kept
};

}  // namespace

constinit const FilterRow every_nth{
    .name = "every_nth",
    .description = "every n-th event of the stream, beginning with the first",
    .examples = "10",
    .parameters = parameters,
    .make = [](const FilterSettings& settings, Sensor sensor) -> std::unique_ptr<Filter> {
        return std::make_unique<EveryNth>(sensor, settings.whole<std::uint64_t>("n"));
    },
};

}  // namespace aestream::filters
