// From events to cells, in blocks: the one loop that all kernels share.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aestream_core/event.hpp"

namespace aestream::kernels {

inline constexpr std::size_t block = 64;

/// Give the cells of `block` events, (polarity * height + y) * width + x. Returns whether all of them lie on the
/// sensor; where not, the cells mean nothing.
bool cells_of_block(const Event* events, std::uint32_t* cells, Sensor sensor);

inline std::uint32_t cell_of(Event event, Sensor sensor) {
    return (std::uint32_t{event.on()} * sensor.height + event.y()) * sensor.width + event.x;
}

inline std::uint32_t pixels(Sensor sensor) { return std::uint32_t{sensor.width} * sensor.height; }

/// Up to `block` events that all lie on the sensor.
struct Block {
    const Event* events;
    const std::uint32_t* cells;
    const std::uint32_t* ranks;  ///< place of each event in the packet
    std::size_t size;
};

/// Call op(Block) with all events that lie on the sensor, in stream order. Returns the number of those that do not.
template <typename Op>
std::size_t for_each_block(std::span<const Event> events, Sensor sensor, Op op) {
    std::array<std::uint32_t, block> cells;
    std::array<std::uint32_t, block> ranks;
    std::array<Event, block> kept;
    std::size_t outside = 0;
    for (std::size_t at = 0; at < events.size(); at += block) {
        const std::size_t size = std::min(block, events.size() - at);
        for (std::size_t i = 0; i < size; ++i) ranks[i] = static_cast<std::uint32_t>(at + i);
        if (size == block && cells_of_block(&events[at], cells.data(), sensor)) [[likely]] {
            op(Block{&events[at], cells.data(), ranks.data(), size});
            continue;
        }
        std::size_t inside = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const Event event = events[at + i];
            if (!sensor.contains(event.x, event.y())) continue;
            kept[inside] = event;
            ranks[inside] = static_cast<std::uint32_t>(at + i);
            cells[inside++] = cell_of(event, sensor);
        }
        outside += size - inside;
        op(Block{kept.data(), cells.data(), ranks.data(), inside});
    }
    return outside;
}

/// Call op(cells, size) with the cells of all events that lie on the sensor, some at a time and in stream order; for
/// loops that need nothing else of an event. Returns the number of events that do not lie on it.
template <typename Op>
std::size_t for_each_cells(std::span<const Event> events, Sensor sensor, Op op) {
    std::array<std::uint32_t, block> cells;
    std::size_t outside = 0;
    for (std::size_t at = 0; at < events.size(); at += block) {
        const auto part = events.subspan(at, std::min(block, events.size() - at));
        std::size_t inside = block;
        if (part.size() != block || !cells_of_block(part.data(), cells.data(), sensor)) [[unlikely]] {
            inside = 0;
            for (const Event event : part) {
                if (sensor.contains(event.x, event.y())) cells[inside++] = cell_of(event, sensor);
            }
            outside += part.size() - inside;
        }
        op(cells.data(), inside);
    }
    return outside;
}

/// Ask for the cache lines that a block is about to write.
template <typename T>
void prefetch(const T* array, const std::uint32_t* at, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) __builtin_prefetch(array + at[i], 1);
}

}  // namespace aestream::kernels
