#include "cells.hpp"
#include "kernels.hpp"

namespace aestream::kernels {

namespace {

/// The cells of a packet, a block ahead of where they are needed, so that their cache lines can be asked for in time.
class Ahead {
public:
    Ahead(std::span<const Event> events, Sensor sensor) : events_(events), sensor_(sensor) {}

    /// Make the cells of the block at `at` in `cells`; false where there is none or one of its events is outside.
    bool make(std::size_t at, std::uint32_t* cells) const {
        return at + block <= events_.size() && cells_of_block(&events_[at], cells, sensor_);
    }

private:
    std::span<const Event> events_;
    Sensor sensor_;
};

std::size_t count_slowly(std::span<const Event> events, float* frame, Sensor sensor, std::uint32_t* cells) {
    std::size_t inside = 0;
    for (const Event event : events) {
        if (!sensor.contains(event.x, event.y())) continue;
        cells[inside] = cell_of(event, sensor);
        frame[cells[inside++]] += 1.0F;
    }
    return inside;
}

void count_block(float* frame, const std::uint32_t* cells) {
    for (std::size_t i = 0; i < block; ++i) frame[cells[i]] += 1.0F;
}

void count_block_and_prefetch(float* frame, const std::uint32_t* cells, const std::uint32_t* next) {
    for (std::size_t i = 0; i < block; ++i) {
        __builtin_prefetch(frame + next[i], 1);
        frame[cells[i]] += 1.0F;
    }
}

}  // namespace

std::size_t count(std::span<const Event> events, std::span<float> frame, Sensor sensor, Journal& journal) {
    const Ahead ahead(events, sensor);
    const bool far = frame.size_bytes() > prefetch_above_bytes;
    // The journal is where cells are written anyway; where it has no room, two blocks take turns.
    const bool noted = journal.used + events.size() + 2 * block <= journal.cells.size();
    std::array<std::uint32_t, 2 * block> own;
    std::uint32_t* cells = noted ? journal.cells.data() + journal.used : own.data();
    std::size_t outside = 0;
    bool ready = ahead.make(0, cells);
    for (std::size_t at = 0; at < events.size(); at += block) {
        std::uint32_t* next = noted || cells == own.data() ? cells + block : own.data();
        std::size_t inside = block;
        if (ready) {
            ready = ahead.make(at + block, next);
            far&& ready ? count_block_and_prefetch(frame.data(), cells, next) : count_block(frame.data(), cells);
        } else {
            const auto part = events.subspan(at, std::min(block, events.size() - at));
            inside = count_slowly(part, frame.data(), sensor, cells);
            outside += part.size() - inside;
            next = noted ? cells + inside : next;
            ready = ahead.make(at + block, next);
        }
        cells = next;
    }
    journal.used = noted ? static_cast<std::size_t>(cells - journal.cells.data()) : journal.cells.size() + 1;
    return outside;
}

void clear(std::span<float> frame, Journal& journal) {
    if (journal.overflowed()) {
        std::ranges::fill(frame, 0.0F);
    } else {
        for (const std::uint32_t cell : journal.cells.first(journal.used)) frame[cell] = 0.0F;
    }
    journal.used = 0;
}

}  // namespace aestream::kernels
