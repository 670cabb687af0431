#include "aestream_core/survey.hpp"

#include <algorithm>

namespace aestream {

namespace {

constexpr auto longer = [](const Gap& a, const Gap& b) { return a.length_us > b.length_us; };

}  // namespace

void RateBins::begin(std::uint64_t t_us) { start_us_ = t_us; }

RateBins::Bin RateBins::at(std::uint64_t t_us) {
    if (t_us < start_us_) return {events_.data(), 0, start_us_};
    const std::uint64_t since_us = t_us - start_us_;
    while (since_us / bin_us_ >= count) merge_pairs();
    const std::uint64_t index = since_us / bin_us_;
    const std::uint64_t from_us = start_us_ + index * bin_us_;
    return {events_.data() + index, from_us, from_us + bin_us_};
}

void RateBins::merge_pairs() {
    for (std::size_t i = 0; i < count / 2; ++i) events_[i] = events_[2 * i] + events_[2 * i + 1];
    std::fill(events_.begin() + count / 2, events_.end(), 0U);
    bin_us_ *= 2;
}

Survey::Survey(Sensor sensor, std::uint64_t least_gap_us) : sensor_(sensor), least_gap_us_(least_gap_us) {
    const std::size_t area = std::size_t{sensor.width} * sensor.height;
    if (area <= most_pixels) pixels_.resize(area);
}

void Survey::add(const Packet& packet) {
    if (packet.empty()) return;
    if (totals_.events == 0) {
        previous_us_ = totals_.earliest_us = totals_.latest_us = packet.first_us();
        rates_.begin(packet.first_us());
    }
    count_pixels(packet);
    count_times(packet);
    totals_.events += packet.size();
}

std::vector<Gap> Survey::gaps() const {
    std::vector<Gap> sorted = gaps_;
    std::sort(sorted.begin(), sorted.end(), longer);
    return sorted;
}

void Survey::count_pixels(const Packet& packet) {
    std::uint64_t on = 0;
    for (const Event event : packet.events()) on += event.on() ? 1U : 0U;
    totals_.on_events += on;
    if (pixels_.empty()) return;
    for (const Event event : packet.events()) {
        if (sensor_.contains(event.x, event.y())) ++pixels_[std::size_t{event.y()} * sensor_.width + event.x];
    }
}

void Survey::count_times(const Packet& packet) {
    RateBins::Bin bin = rates_.at(packet.first_us());
    std::uint64_t latest_us = totals_.latest_us;
    std::uint64_t previous_us = previous_us_;
    std::uint64_t in_bin = 0;
    for (const Event event : packet.events()) {
        const std::uint64_t t_us = packet.t0_us() + event.t;
        if (t_us < bin.from_us || t_us >= bin.to_us) {
            *bin.events += in_bin;
            in_bin = 0;
            bin = rates_.at(t_us);
        }
        ++in_bin;
        if (t_us < previous_us) step_back(previous_us, t_us);
        previous_us = t_us;
        if (t_us > latest_us) {
            if (t_us - latest_us >= least_gap_us_) add_gap({latest_us, t_us - latest_us});
            latest_us = t_us;
        }
    }
    *bin.events += in_bin;
    totals_.latest_us = latest_us;
    previous_us_ = previous_us;
}

void Survey::step_back(std::uint64_t from_us, std::uint64_t to_us) {
    ++totals_.backward_steps;
    totals_.longest_step_back_us = std::max(totals_.longest_step_back_us, from_us - to_us);
    totals_.earliest_us = std::min(totals_.earliest_us, to_us);
}

void Survey::add_gap(Gap gap) {
    if (gaps_.size() == most_gaps) {
        if (gap.length_us <= gaps_.front().length_us) return;
        std::pop_heap(gaps_.begin(), gaps_.end(), longer);
        gaps_.pop_back();
    }
    gaps_.push_back(gap);
    std::push_heap(gaps_.begin(), gaps_.end(), longer);
}

}  // namespace aestream
