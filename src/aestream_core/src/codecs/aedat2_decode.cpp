#include <algorithm>
#include <cstring>

#include "aestream_core/aedat2.hpp"
#include "aestream_core/multiversion.hpp"
#include "endian.hpp"

namespace aestream {

namespace {

constexpr std::size_t block_records = 1024;

struct Dvs128 {
    static constexpr std::uint64_t other_bits = 0x8000;  ///< where any of these is set, it is no event
    static constexpr bool is_sample(std::uint64_t /*address*/) { return false; }
    static constexpr bool is_trigger(std::uint64_t address) { return (address >> 15U & 1U) != 0; }
    // The camera puts out such an event at a falling edge of its input.
    static constexpr std::uint16_t trigger_value(std::uint64_t /*address*/) { return 0; }
    static constexpr std::uint64_t x(std::uint64_t address) { return address >> 1U & 0x7fU; }
    static constexpr std::uint64_t y(std::uint64_t address) { return address >> 8U & 0x7fU; }
    static constexpr std::uint64_t on(std::uint64_t address) { return ~address & 1U; }
};

struct Davis {
    static constexpr std::uint64_t other_bits = 0x80000400;
    static constexpr std::uint32_t falling = 2;
    static constexpr bool is_sample(std::uint64_t address) { return address >> 31U != 0; }
    static constexpr bool is_trigger(std::uint64_t address) { return (address & 0x80000400U) == 0x400U; }
    static constexpr std::uint16_t trigger_value(std::uint64_t address) { return (address & 7U) == falling ? 0 : 1; }
    static constexpr std::uint64_t x(std::uint64_t address) { return address >> 12U & 0x3ffU; }
    static constexpr std::uint64_t y(std::uint64_t address) { return address >> 22U & 0x1ffU; }
    static constexpr std::uint64_t on(std::uint64_t address) { return address >> 11U & 1U; }
};

template <std::size_t record_bytes>
std::uint32_t load_address(const std::byte* record) {
    if constexpr (record_bytes == aedat1_record_bytes) return load_big_endian<std::uint16_t>(record);
    return load_big_endian<std::uint32_t>(record);
}

/// Decode one block. Samples of frames come in long runs between events and are told apart without a branch: every
/// record is stored as an event, and the cursor moves only if it is one.
template <typename Layout, std::size_t record_bytes>
void decode_block(Aedat2State& state, const std::byte* at, std::size_t count, PacketWriter& writer, SideRecords* side) {
    const Sensor sensor = writer.sensor();
    const std::byte* const end = at + count * record_bytes;
    AerClock clock = state.clock;
    writer.reserve(count + 1);
    std::uint64_t t0_us = writer.t0_us();
    Event* out = writer.cursor();
    std::uint64_t outside = 0;
    std::uint64_t samples = 0;
    bool in_packet = writer.size() > 0;
    for (; at != end; at += record_bytes) {
        const std::uint64_t address = load_address<record_bytes>(at);
        const std::uint64_t t_us = clock.take(load_big_endian<std::uint32_t>(at + record_bytes - 4));
        std::uint64_t offset_us = t_us - t0_us;
        if (offset_us > UINT32_MAX || !in_packet) [[unlikely]] {
            writer.advance_to(out);
            offset_us = writer.at(t_us);
            writer.reserve(static_cast<std::size_t>(end - at) / record_bytes + 1);
            t0_us = writer.t0_us();
            out = writer.cursor();
            in_packet = true;
        }
        if (Layout::is_trigger(address)) [[unlikely]] {
            ++state.triggers;
            if (side != nullptr) side->add(Trigger{t_us, 0, Layout::trigger_value(address)});
            continue;
        }
        const std::uint64_t x = Layout::x(address);
        const std::uint64_t y = Layout::y(address);
        const std::uint64_t record = offset_us | ((sensor.width - 1 - x) & 0xffffU) << 32U |
                                     ((sensor.height - 1 - y) & 0x7fffU) << 48U | Layout::on(address) << 63U;
        std::memcpy(out, &record, sizeof(record));
        const std::uint64_t is_event = Layout::is_sample(address) ? 0U : 1U;
        const std::uint64_t on_sensor = (x < sensor.width ? 1U : 0U) & (y < sensor.height ? 1U : 0U);
        out += is_event & on_sensor;
        outside += is_event & ~on_sensor;
        samples += 1 - is_event;
    }
    writer.advance_to(out);
    state.clock = clock;
    state.outside_sensor += outside;
    state.samples += samples;
}

/// Where a block of quiet time lies.
struct Place {
    std::uint64_t base_us;  ///< added to the times gives offsets in the packet; modulo 2^64
    std::uint64_t last_us;  ///< as written, before the block
    std::uint64_t last_column;
    std::uint64_t last_row;
};

/// Convert wide records that are all events; several at a time. False, and the output void, where one is something
/// else, lies outside the sensor or the packet, or may be a wrap of the clock.
template <typename Layout>
[[gnu::always_inline]] inline bool convert(const std::byte* at, std::size_t count, const Place& where, Event* out) {
    const Place place = where;
    std::uint64_t signs = 0;
    std::uint64_t other = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t word = load_big_endian<std::uint64_t>(at + i * aedat2_record_bytes);
        const std::uint64_t address = word >> 32U;
        const std::uint64_t column = place.last_column - Layout::x(address);
        const std::uint64_t row = place.last_row - Layout::y(address);
        const std::uint64_t raw_us = word & UINT32_MAX;
        const std::uint64_t offset_us = place.base_us + raw_us;
        signs |= column | row | offset_us | (UINT32_MAX - offset_us);
        other |= (address & Layout::other_bits) | (raw_us ^ place.last_us) >> AerClock::quiet_bits;
        const std::uint64_t record =
            (offset_us & UINT32_MAX) | (column & 0xffffU) << 32U | (row & 0x7fffU) << 48U | Layout::on(address) << 63U;
        std::memcpy(out + i, &record, sizeof(record));
    }
    return signs >> 63U == 0 && other == 0;
}

AESTREAM_MULTIVERSION bool convert_dvs128(const std::byte* at, std::size_t count, const Place& place, Event* out) {
    return convert<Dvs128>(at, count, place, out);
}
AESTREAM_MULTIVERSION bool convert_davis(const std::byte* at, std::size_t count, const Place& place, Event* out) {
    return convert<Davis>(at, count, place, out);
}

/// Decode a block of nothing but events, as most are; false, and nothing changed, where it is none.
bool decode_plain_block(Aedat2State& state, const std::byte* at, std::size_t count, PacketWriter& writer) {
    const std::uint32_t last_raw_us = load_big_endian<std::uint32_t>(at + count * aedat2_record_bytes - 4);
    const Sensor sensor = writer.sensor();
    if (writer.size() == 0)
        static_cast<void>(writer.at(state.clock.base_us() + load_big_endian<std::uint32_t>(at + 4)));
    writer.reserve(count);
    const Place place{state.clock.base_us() - writer.t0_us(), state.clock.last_us(), sensor.width - std::uint64_t{1},
                      sensor.height - std::uint64_t{1}};
    const bool plain = state.layout == AerLayout::davis ? convert_davis(at, count, place, writer.cursor())
                                                        : convert_dvs128(at, count, place, writer.cursor());
    if (!plain) return false;
    writer.advance_to(writer.cursor() + count);
    static_cast<void>(state.clock.take(last_raw_us));
    return true;
}

template <typename Layout, std::size_t record_bytes>
void decode_records(Aedat2State& state, std::span<const std::byte> bytes, PacketWriter& writer, SideRecords* side) {
    for_whole_records<record_bytes>(state.partial, bytes, [&](const std::byte* first, std::size_t count) {
        for (std::size_t done = 0; done < count; done += block_records) {
            const std::byte* const block = first + done * record_bytes;
            const std::size_t size = std::min(block_records, count - done);
            if (record_bytes == aedat2_record_bytes && decode_plain_block(state, block, size, writer)) continue;
            decode_block<Layout, record_bytes>(state, block, size, writer, side);
        }
    });
}

}  // namespace

AerClock AerClock::jumped(AerClock clock, std::uint32_t raw_us) {
    constexpr std::uint64_t half = std::uint64_t{1} << 31U;
    constexpr std::uint64_t whole = std::uint64_t{1} << 32U;
    const auto at_start = [](std::uint64_t t_us, std::uint64_t range) { return t_us < range / 8; };
    const auto at_end = [](std::uint64_t t_us, std::uint64_t range) {
        return t_us < range && t_us >= range - range / 8;
    };
    for (const std::uint64_t range : {half, whole}) {
        if (at_end(clock.last_us_, range) && at_start(raw_us, range)) {
            clock.base_us_ += range;
            clock.wrapped_us_ = range;
            return clock;
        }
        // An event from just before the wrap that comes late.
        if (clock.wrapped_us_ == range && at_start(clock.last_us_, range) && at_end(raw_us, range)) {
            clock.base_us_ -= range;
            clock.wrapped_us_ = 0;
            return clock;
        }
    }
    return clock;
}

void decode_aedat2(Aedat2State& state, std::span<const std::byte> bytes, PacketWriter& writer, SideRecords* side) {
    if (side != nullptr && !side->wanted().triggers) side = nullptr;
    if (state.layout == AerLayout::davis) {
        decode_records<Davis, aedat2_record_bytes>(state, bytes, writer, side);
    } else if (state.wide) {
        decode_records<Dvs128, aedat2_record_bytes>(state, bytes, writer, side);
    } else {
        decode_records<Dvs128, aedat1_record_bytes>(state, bytes, writer, side);
    }
}

}  // namespace aestream
