#include "count.hpp"

#include "cells.hpp"
#include "groups.hpp"

namespace aestream::kernels {

namespace {

// Lines of memory are not asked for ahead: a core runs ahead by itself, and waits less for lines that lie in huge pages
// and in a cache than asking for each of them costs.

/// What an event of a cell does to a frame.
struct Polarity {
    static std::uint32_t place(std::uint32_t cell, std::uint32_t) { return cell; }
    static void add(float& value, std::uint32_t, std::uint32_t, float times) { value += times; }
};

struct Binary : Polarity {
    static void add(float& value, std::uint32_t, std::uint32_t, float) { value = 1.0F; }
};

// Without branches: nobody foresees an event's polarity.
struct Signed {
    static std::uint32_t on(std::uint32_t cell, std::uint32_t pixels) { return std::uint32_t{cell >= pixels}; }
    static std::uint32_t place(std::uint32_t cell, std::uint32_t pixels) { return cell - on(cell, pixels) * pixels; }
    static void add(float& value, std::uint32_t cell, std::uint32_t pixels, float times) {
        value += (2.0F * static_cast<float>(on(cell, pixels)) - 1.0F) * times;
    }
};

template <typename Op>
auto with_mode(CountMode mode, Op op) {
    if (mode == CountMode::binary) return op(Binary{});
    if (mode == CountMode::is_signed) return op(Signed{});
    return op(Polarity{});
}

template <typename Rule>
void add_cells(Rule, const std::uint32_t* cells, std::size_t size, std::uint32_t pixels, float* frame) {
    for (std::size_t i = 0; i < size; ++i) Rule::add(frame[Rule::place(cells[i], pixels)], cells[i], pixels, 1.0F);
}

}  // namespace

std::size_t count_frame(std::span<const Event> events, Sensor sensor, CountMode mode, std::span<float> frame) {
    return with_mode(mode, [&](auto rule) {
        return for_each_cells(events, sensor, [&](const std::uint32_t* cells, std::size_t size) {
            add_cells(rule, cells, size, pixels(sensor), frame.data());
        });
    });
}

std::size_t count_noted(std::span<const Event> events, Sensor sensor, CountMode mode, std::span<float> frame,
                        std::uint32_t* cells) {
    return with_mode(mode, [&](auto rule) {
        return for_each_cells(events, sensor, [&](const std::uint32_t* added, std::size_t size) {
            add_cells(rule, added, size, pixels(sensor), frame.data());
            cells = std::copy_n(added, size, cells);
        });
    });
}

void clear_cells(std::span<const std::uint32_t> cells, CountMode mode, std::uint32_t pixels, std::span<float> frame) {
    with_mode(mode, [&](auto rule) {
        for (const std::uint32_t cell : cells) frame[rule.place(cell, pixels)] = 0.0F;
    });
}

std::size_t count_bytes(std::span<const Event> events, Sensor sensor, std::span<std::uint8_t> bytes,
                        std::vector<std::uint32_t>& passed) {
    return for_each_cells(events, sensor, [&](const std::uint32_t* cells, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) count_byte(cells[i], bytes, passed);
    });
}

void turn_into_frame(std::span<std::uint8_t> bytes, std::vector<std::uint32_t>& passed, CountMode mode,
                     std::span<float> frame, std::span<std::uint8_t> touched, bool all) {
    constexpr float passed_events = 256.0F;
    const std::size_t half = bytes.size() / 2;
    turn_groups(mode, {bytes.data(), bytes.data() + half, frame, touched.data(), all});
    with_mode(mode, [&](auto rule) {
        const auto pixels = static_cast<std::uint32_t>(half);
        for (const std::uint32_t cell : passed) {
            const std::uint32_t place = rule.place(cell, pixels);
            rule.add(frame[place], cell, pixels, passed_events);
            touched[place / group_cells] = 1;
        }
    });
    passed.clear();
}

}  // namespace aestream::kernels
