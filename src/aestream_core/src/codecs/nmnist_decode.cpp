#include <algorithm>
#include <cstring>

#include "aestream_core/nmnist.hpp"
#include "endian.hpp"

namespace aestream {

namespace {

constexpr std::uint64_t overflow_us = 8192;
constexpr std::uint32_t time_range_us = 1U << 23U;
constexpr std::uint32_t time_mask = time_range_us - 1;
constexpr std::size_t block_records = 4096;

void decode_block(NmnistState& state, const std::byte* at, std::size_t count, PacketWriter& writer) {
    const Sensor sensor = writer.sensor();
    const std::byte* const end = at + count * nmnist_record_bytes;
    std::uint64_t base_us = state.base_us;
    std::uint32_t last_us = state.last_us;
    static_cast<void>(writer.at(base_us + last_us));
    writer.reserve(count + 1);
    std::uint64_t t0_us = writer.t0_us();
    Event* out = writer.cursor();
    std::uint64_t outside = 0;
    for (; at != end; at += nmnist_record_bytes) {
        const std::uint32_t word = load_big_endian<std::uint32_t>(at + 1);
        const std::uint64_t x = std::to_integer<std::uint64_t>(at[0]);
        const std::uint64_t y = word >> 24U;
        const std::uint32_t t_us = word & time_mask;
        if (y == nmnist_overflow_row) [[unlikely]] {
            base_us += overflow_us;
            continue;
        }
        if (t_us + time_range_us / 2 < last_us) [[unlikely]]
            base_us += time_range_us;
        last_us = t_us;
        std::uint64_t offset_us = base_us + t_us - t0_us;
        if (offset_us > UINT32_MAX) [[unlikely]] {
            writer.advance_to(out);
            offset_us = writer.at(base_us + t_us);
            writer.reserve(static_cast<std::size_t>(end - at) / nmnist_record_bytes + 1);
            t0_us = writer.t0_us();
            out = writer.cursor();
        }
        const std::uint64_t record = offset_us | x << 32U | y << 48U | std::uint64_t{word >> 23U & 1U} << 63U;
        std::memcpy(out, &record, sizeof(record));
        const bool on_sensor = x < sensor.width && y < sensor.height;
        out += on_sensor ? 1 : 0;
        outside += on_sensor ? 0 : 1;
    }
    writer.advance_to(out);
    state.base_us = base_us;
    state.last_us = last_us;
    state.outside_sensor += outside;
}

}  // namespace

void decode_nmnist(NmnistState& state, std::span<const std::byte> bytes, PacketWriter& writer) {
    for_whole_records<nmnist_record_bytes>(state.partial, bytes, [&](const std::byte* first, std::size_t count) {
        for (std::size_t done = 0; done < count; done += block_records) {
            decode_block(state, first + done * nmnist_record_bytes, std::min(block_records, count - done), writer);
        }
    });
}

}  // namespace aestream
