#include "counter.hpp"

#include <algorithm>
#include <utility>

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
        lent_memory_ = frame_.memory;
        frame_.memory.reset();
        std::swap(frame_, lent_);  // of a frame that did not come back there is room for cells
        if (spare_.memory) std::swap(frame_, spare_);
    }
    end();
}

void Counter::recycle(const float* memory) {
    if (shown_ && memory == frame_.memory.get()) return end();
    lent_.memory = lent_memory_.lock();
    if (lent_.memory && memory == lent_.memory.get()) {
        lent_memory_.reset();
        std::swap(frame_.memory ? spare_ : frame_, lent_);
    }
    lent_.memory.reset();
}

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
    if (way_ == Way::few && frame_.noted + events.size() > few_) few_to_many();
    events_ += events.size();
    if (way_ == Way::many) return count_bytes(events, sensor_, bytes(), passed_);
    if (way_ == Way::whole) {
        frame_.all = true;
        return count_frame(events, sensor_, mode_, values());
    }
    const std::size_t outside = count_noted(events, sensor_, mode_, values(), &frame_.cells[frame_.noted]);
    frame_.noted += events.size() - outside;
    return outside;
}

std::shared_ptr<float> Counter::read() {
    if (way_ == Way::open) choose(0);
    if (way_ == Way::many) {
        take_memory();
        if (frame_.noted > 0 && !frame_.all) clear_cells(noted(), mode_, pixels(sensor_), values());
        frame_.noted = 0;
        frame_.touched.resize(groups(frame_cells_));
        turn_into_frame(bytes(), passed_, mode_, values(), frame_.touched, frame_.all);
        way_ = Way::whole;
        frame_.all = false;
    }
    shown_ = true;
    return frame_.memory;
}

void Counter::choose(std::size_t events) {
    if (std::max(events, events_before_) > few_ && events > 0) {
        way_ = Way::many;
    } else {
        clear_frame();
        way_ = Way::few;
    }
}

void Counter::take_memory() {
    if (frame_.memory) return;
    frame_.memory = memory(frame_cells_);
    frame_.all = true;
}

void Counter::clear_frame() {
    take_memory();
    if (frame_.all) {
        std::ranges::fill(values(), 0.0F);
    } else {
        clear_cells(noted(), mode_, pixels(sensor_), values());
        clear_groups(frame_.touched, values());
    }
    frame_.all = false;
    frame_.noted = 0;
    frame_.touched.clear();
    frame_.cells.resize(few_ + block);
}

void Counter::few_to_many() {
    if (shown_) {  // its reader may look at the frame until the window ends
        way_ = Way::whole;
        frame_.all = true;
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
