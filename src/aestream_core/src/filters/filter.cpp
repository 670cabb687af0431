#include "aestream_core/filters/filter.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "aestream_core/errors.hpp"
#include "aestream_core/multiversion.hpp"
#include "filters/compaction.hpp"

namespace aestream {

namespace {

constexpr std::uint32_t longest_part_us = 1U << 30U;

struct Extent {
    std::uint16_t x = 0, y = 0;
};

AESTREAM_MULTIVERSION
Extent extent_of(const Event* events, std::size_t count) {
    std::uint16_t x = 0, yp = 0;
    for (std::size_t i = 0; i < count; ++i) {
        x = std::max(x, events[i].x);
        yp = std::max(yp, events[i].y());
    }
    return {x, yp};
}

std::string size_of(Sensor sensor) { return std::to_string(sensor.width) + "x" + std::to_string(sensor.height); }

/// Offsets within `late_us` of each other are enough to be sure that no part has to be cut.
struct Part {
    std::size_t from, to;
    bool set_anew;  ///< the clock, before this part
};

/// Cuts a packet where its clock was set anew, and where it spans too long.
class Cutter {
public:
    Cutter(const Packet& packet, bool started, std::uint64_t latest_us)
        : packet_(packet), running_(started), latest_us_(latest_us) {}

    [[nodiscard]] std::vector<Part> cut() {
        if (is_one_part()) return {Part{0, packet_.size(), false}};
        std::vector<Part> parts;
        for (std::size_t i = 0; i < packet_.size(); ++i) {
            const std::uint64_t t_us = packet_.time_us(i);
            const bool set_anew = running_ && steps_back(t_us);
            if (parts.empty() || set_anew || t_us > first_us_ + longest_part_us) {
                parts.push_back({i, i, set_anew});
                first_us_ = t_us;
            }
            latest_us_ = running_ && !set_anew ? std::max(latest_us_, t_us) : t_us;
            running_ = true;
            parts.back().to = i + 1;
        }
        return parts;
    }

    [[nodiscard]] std::uint64_t latest_us() const { return latest_us_; }

private:
    [[nodiscard]] bool steps_back(std::uint64_t t_us) const {
        return t_us < latest_us_ && latest_us_ - t_us > Filter::late_us;
    }

    [[nodiscard]] bool is_one_part() {
        const std::uint64_t first_us = packet_.first_us(), last_us = packet_.last_us();
        if (running_ && steps_back(first_us)) return false;
        if (last_us < first_us || last_us - first_us > longest_part_us || !packet_.is_time_ordered()) return false;
        latest_us_ = running_ ? std::max(latest_us_, last_us) : last_us;
        return true;
    }

    const Packet& packet_;
    bool running_;
    std::uint64_t latest_us_;
    std::uint64_t first_us_ = 0;
};

Packet joined(const Packet& whole, Sensor sensor, const std::vector<Packet>& parts) {
    std::size_t count = 0;
    for (const Packet& part : parts) count += part.size();
    BufferRef buffer = BufferPool::shared().acquire(count * sizeof(Event));
    auto* out = reinterpret_cast<Event*>(buffer->data());
    for (const Packet& part : parts) out = std::ranges::copy(part.events(), out).out;
    return filters::packet_like(whole, sensor, std::move(buffer), count);
}

}  // namespace

Packet Filter::apply(const Packet& packet) {
    check(packet);
    if (packet.empty()) return input_ == output_ ? packet : filters::packet_like(packet, output_, packet.buffer(), 0);
    Packet result = remembers_times() ? filter_in_parts(packet) : filter(packet);
    counters_.events_in += packet.size();
    counters_.events_out += result.size();
    return result;
}

void Filter::reset() {
    started_ = false;
    latest_us_ = 0;
    forget();
}

Packet Filter::filter_in_parts(const Packet& packet) {
    Cutter cutter(packet, started_, latest_us_);
    const std::vector<Part> parts = cutter.cut();
    started_ = true;
    latest_us_ = cutter.latest_us();
    if (parts.size() == 1 && !parts.front().set_anew) return filter(packet);
    std::vector<Packet> results;
    for (const Part& part : parts) {
        if (part.set_anew) forget();
        results.push_back(filter(packet.view(part.from, part.to)));
    }
    return joined(packet, output_, results);
}

void Filter::check(const Packet& packet) const {
    if (packet.sensor() != input_) {
        throw InvalidArgument("a packet of a " + size_of(packet.sensor()) + " sensor came to a filter of " +
                              size_of(input_));
    }
    const Extent extent = extent_of(packet.events().data(), packet.size());
    if (!packet.empty() && !input_.contains(extent.x, extent.y)) {
        throw InvalidArgument("a packet holds events up to column " + std::to_string(extent.x) + " and row " +
                              std::to_string(extent.y) + "; its sensor is " + size_of(input_));
    }
}

}  // namespace aestream
