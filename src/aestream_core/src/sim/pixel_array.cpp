#include "sim/pixel_array.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "aestream_core/multiversion.hpp"

namespace aestream::sim {

namespace {

constexpr float asleep = std::numeric_limits<float>::quiet_NaN();
constexpr double smallest_mismatch = 0.1;

/// Set fired[i] to 1 where a threshold is crossed or the pixel is asleep: comparisons with NaN are false.
AESTREAM_MULTIVERSION void find_crossings(const float* __restrict log_intensity, const float* __restrict reference,
                                          const float* __restrict mismatch, float threshold_on, float threshold_off,
                                          std::size_t count, std::uint8_t* __restrict fired) {
    for (std::size_t i = 0; i < count; ++i) {
        const float change = log_intensity[i] - reference[i];
        const int risen = !(change < threshold_on * mismatch[i]);
        const int fallen = !(change > -threshold_off * mismatch[i]);
        fired[i] = static_cast<std::uint8_t>(risen | fallen);
    }
}

AESTREAM_MULTIVERSION void sink(float* __restrict reference, float drop, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) reference[i] -= drop;
}

/// Call visit(i) for every i with fired[i] == 1; count is a multiple of 8.
template <typename Visit>
void for_each_fired(const std::uint8_t* fired, std::size_t count, Visit visit) {
    for (std::size_t first = 0; first < count; first += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, fired + first, sizeof(word));
        for (; word != 0; word &= word - 1) visit(first + static_cast<std::size_t>(std::countr_zero(word)) / 8);
    }
}

}  // namespace

PixelArray::PixelArray(Sensor sensor, const PixelConfig& config, Random& random)
    : previous(std::size_t{stride_of(sensor)} * sensor.height),
      reference(previous.size()),
      mismatch(previous.size(), std::numeric_limits<float>::infinity()),
      rearm_us(previous.size()),
      stride_(stride_of(sensor)),
      threshold_on_(static_cast<float>(config.threshold_on)),
      threshold_off_(static_cast<float>(config.threshold_off)),
      refractory_us_(config.refractory_us),
      fired_(stride_),
      before_(stride_) {
    for (std::size_t row = 0; row < mismatch.size(); row += stride_) {
        for (std::size_t at = row; at < row + sensor.width; ++at) {
            const double factor = 1 + config.threshold_mismatch * random.gaussian();
            mismatch[at] = static_cast<float>(std::max(factor, smallest_mismatch));
        }
    }
}

void PixelArray::start(std::span<const float> log_intensity, Random& random) {
    std::ranges::copy(log_intensity, previous.begin());
    std::ranges::copy(log_intensity, reference.begin());
    end_refractory();
    for (std::size_t at = 0; at < reference.size(); ++at) {
        if (std::isinf(mismatch[at])) continue;
        reference[at] -= static_cast<float>(random.uniform()) * threshold_on_ * mismatch[at];
    }
}

void PixelArray::step_span(const Span& span, const float* log_intensity, const Step& step) {
    const std::size_t first = index(span.x0, span.y);
    find_crossings(log_intensity, &reference[first], &mismatch[first], threshold_on_, threshold_off_, span.size(),
                   fired_.data());
    if (crossings_.size() < crossing_count_ + span.size()) {
        crossings_.resize(2 * (crossing_count_ + span.size()));
        active_.resize(crossings_.size());
    }
    // In rows, so that the processor fetches ahead: single reads of `previous` below would each wait for memory.
    std::memcpy(before_.data(), &previous[first], span.size() * sizeof(float));
    std::memcpy(&previous[first], log_intensity, span.size() * sizeof(float));
    for_each_fired(fired_.data(), span.size(), [&](std::size_t i) {
        __builtin_prefetch(&rearm_us[first + i], 1);
        begin_crossing(first + i, static_cast<std::uint16_t>(span.x0 + i), span.y, before_[i], log_intensity[i], step);
    });
}

void PixelArray::begin_crossing(std::size_t at, std::uint16_t x, std::uint16_t y, float before, float after,
                                const Step& step) {
    const auto length_us = static_cast<float>(step.length_us);
    Crossing& crossing = crossings_[crossing_count_];
    crossing.at = static_cast<std::uint32_t>(at);
    crossing.x = x;
    crossing.y = y;
    crossing.before = before;
    crossing.after = after;
    const float move = after - crossing.before;
    crossing.us_per_level = move == 0 ? 0 : length_us / move;
    crossing.level_per_us = move / length_us;
    crossing.thresholds[0] = -threshold_off_ * mismatch[at];
    crossing.thresholds[1] = threshold_on_ * mismatch[at];
    crossing.from_us = 0;
    crossing.level = reference[at];
    if (std::isnan(crossing.level) && !wake(crossing, step)) return;
    active_[crossing_count_] = static_cast<std::uint32_t>(crossing_count_);
    crossing_count_ += crossing.active() ? 1 : 0;
}

bool PixelArray::wake(Crossing& crossing, const Step& step) {
    const std::int64_t wait_us =
        std::max<std::int64_t>(rearm_us[crossing.at] - static_cast<std::int64_t>(step.t0_us), 0);
    if (wait_us >= step.length_us) return false;
    crossing.from_us = static_cast<float>(wait_us);
    crossing.level = crossing.log_intensity_at(crossing.from_us);
    reference[crossing.at] = crossing.level;
    return true;
}

void PixelArray::finish_spans(const Step& step, EventBlock& block) {
    while (crossing_count_ > 0) fire_round(step, block);
}

// One event of every pixel in turn, not one pixel after the other: how often a pixel fires is a guess for the
// processor's branch prediction, and most of the time went into wrong ones.
void PixelArray::fire_round(const Step& step, EventBlock& block) {
    const auto length_us = static_cast<float>(step.length_us);
    const auto last_us = static_cast<std::int32_t>(step.length_us - 1);
    const auto t0_us = static_cast<std::int64_t>(step.t0_us);
    const auto block_offset_us = static_cast<std::uint32_t>(step.t0_us - block.t0_us());
    const auto refractory_us = static_cast<float>(refractory_us_);
    Event* out = block.room_for(crossing_count_);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < crossing_count_; ++i) {
        const std::uint32_t which = active_[i];
        Crossing& crossing = crossings_[which];
        const bool on = crossing.next_event();
        const auto offset_us =
            static_cast<std::uint32_t>(std::min(static_cast<std::int32_t>(crossing.from_us), last_us));
        *out++ = {block_offset_us + offset_us, crossing.x, Event::pack(crossing.y, on)};
        if (refractory_us_ > 0) {
            crossing.from_us += refractory_us;
            rearm_us[crossing.at] = t0_us + static_cast<std::int32_t>(crossing.from_us);
            crossing.level = crossing.from_us < length_us ? crossing.log_intensity_at(crossing.from_us) : asleep;
        }
        reference[crossing.at] = crossing.level;
        active_[kept] = which;
        kept += crossing.active() ? 1 : 0;
    }
    block.added_until(out);
    crossing_count_ = kept;
}

void PixelArray::leak_row(std::uint16_t y, float drop, const Step& step, EventBlock& block) {
    const std::size_t first = index(0, y);
    sink(&reference[first], drop, stride_);
    find_crossings(&previous[first], &reference[first], &mismatch[first], threshold_on_, threshold_off_, stride_,
                   fired_.data());
    for_each_fired(fired_.data(), stride_,
                   [&](std::size_t i) { leak_pixel(first + i, static_cast<std::uint16_t>(i), y, drop, step, block); });
}

void PixelArray::leak_pixel(std::size_t at, std::uint16_t x, std::uint16_t y, float drop, const Step& step,
                            EventBlock& block) {
    const auto t0_us = static_cast<std::int64_t>(step.t0_us);
    const std::int64_t wait_us = std::max<std::int64_t>(rearm_us[at] - t0_us, 0);
    if (wait_us >= step.length_us) return;
    if (std::isnan(reference[at])) {
        reference[at] = previous[at];
        return;
    }
    const float rise = threshold_on_ * mismatch[at];
    const float overshoot = previous[at] - reference[at] - rise;
    if (!(overshoot >= 0)) return;
    const float share = 1 - std::min(overshoot / drop, 1.F);
    const auto length = static_cast<float>(step.length_us);
    const auto offset_us = static_cast<std::uint32_t>(std::min(share * length, length - 1));
    reference[at] += rise;
    fire(x, y, true, std::max(offset_us, static_cast<std::uint32_t>(wait_us)), step, block);
}

void PixelArray::fire(std::uint16_t x, std::uint16_t y, bool on, std::uint32_t offset_us, const Step& step,
                      EventBlock& block) {
    const std::size_t at = index(x, y);
    const auto t_us = static_cast<std::int64_t>(step.t0_us + offset_us);
    if (rearm_us[at] > t_us) return;
    block.add(static_cast<std::uint32_t>(step.t0_us - block.t0_us()) + offset_us, x, Event::pack(y, on));
    reference[at] = refractory_us_ == 0 ? previous[at] : asleep;
    rearm_us[at] = t_us + refractory_us_;
}

}  // namespace aestream::sim
