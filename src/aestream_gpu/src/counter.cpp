#include "counter.hpp"

#include <algorithm>

#include "cells.hpp"
#include "count.hpp"
#include "frames.hpp"

namespace aestream::kernels {

namespace {

/// Up to a 40th of the cells, clearing them one by one takes less time than writing a whole frame.
constexpr std::size_t cells_a_few = 40;

}  // namespace

Counter::Counter(Sensor sensor, CountMode mode)
    : sensor_(sensor), mode_(mode), frame_cells_(planes() * pixels(sensor)), few_(2 * pixels(sensor) / cells_a_few) {}

void Counter::begin() {
    if (shown_) {
        frame_.reset();
        all_dirty_ = true;
    }
    end();
}

void Counter::recycle() { end(); }

void Counter::end() {
    if (way_ == Way::many) {
        std::ranges::fill(bytes(), std::uint8_t{0});
        passed_.clear();
    }
    events_before_ = events_;
    events_ = 0;
    way_ = Way::open;
    shown_ = false;
}

std::size_t Counter::add(std::span<const Event> events) {
    if (way_ == Way::open) choose(events.size());
    if (way_ == Way::few && used_ + events.size() > few_) few_to_many();
    events_ += events.size();
    if (way_ == Way::many) return count_bytes(events, sensor_, bytes(), passed_);
    if (way_ == Way::whole) return count_frame(events, sensor_, mode_, frame());
    const std::size_t outside = count_noted(events, sensor_, mode_, frame(), &cells_[used_]);
    used_ += events.size() - outside;
    return outside;
}

std::shared_ptr<float> Counter::read() {
    if (way_ == Way::open) choose(0);
    if (way_ == Way::many) {
        if (!frame_) frame_ = memory(frame_cells_);
        turn_into_frame(bytes(), passed_, mode_, frame());
        way_ = Way::whole;
        all_dirty_ = true;
    }
    shown_ = true;
    return frame_;
}

void Counter::choose(std::size_t events) {
    if (std::max(events, events_before_) > few_ && events > 0) {
        way_ = Way::many;
    } else {
        clear_frame();
        way_ = Way::few;
    }
}

void Counter::clear_frame() {
    if (!frame_) frame_ = memory(frame_cells_);
    if (all_dirty_) {
        std::ranges::fill(frame(), 0.0F);
    } else {
        clear_cells(noted(), mode_, pixels(sensor_), frame());
    }
    all_dirty_ = false;
    used_ = 0;
    cells_.resize(few_ + block);
}

void Counter::few_to_many() {
    if (shown_) {  // its reader may look at the frame until the window ends
        way_ = Way::whole;
        all_dirty_ = true;
        return;
    }
    for (const std::uint32_t cell : noted()) count_byte(cell, bytes(), passed_);
    way_ = Way::many;
}

std::span<std::uint8_t> Counter::bytes() {
    const std::size_t cells = 2 * std::size_t{pixels(sensor_)};
    if (!bytes_) bytes_ = zeroed((cells + sizeof(float) - 1) / sizeof(float));
    return {reinterpret_cast<std::uint8_t*>(bytes_.get()), cells};
}

}  // namespace aestream::kernels
