#include <cstring>
#include <string>

#include "aestream_core/errors.hpp"
#include "aestream_core/event_array.hpp"

namespace aestream {

namespace {

constexpr std::uint64_t second_us = 1'000'000;
constexpr std::uint64_t end_us = (std::uint64_t{1} << 31U) * second_us;
constexpr std::size_t stride_bytes = 16;
constexpr std::size_t padding_bytes = 3;  // behind the last event there is none

/// An event from its time on, with the x and y of the event behind it, which lie in the gap before the next time.
struct Slot {
    std::uint32_t s;
    std::uint32_t ns;
    std::uint8_t on;
    std::uint8_t padding;
    std::uint16_t next_x;
    std::uint16_t next_y;
    std::uint16_t padding_before_time;
};
static_assert(sizeof(Slot) == stride_bytes);

void check_times(const Packet& packet) {
    if (packet.empty() || packet.latest_us() < end_us) return;
    throw InvalidArgument("an event lies at " + std::to_string(packet.latest_us()) +
                          " us; the times of an EventArray end at 2147483647 s");
}

}  // namespace

std::size_t encode_event_array_cdr(const Packet& packet, std::uint64_t /*base_us*/, std::byte* out) {
    check_times(packet);
    const auto events = packet.events();
    if (events.empty()) return 0;
    const std::uint32_t first = std::uint32_t{events[0].x} | std::uint32_t{events[0].y()} << 16U;
    std::memcpy(out, &first, sizeof(first));
    std::byte* at = out + sizeof(first);
    for (std::size_t i = 0; i + 1 < events.size(); ++i, at += stride_bytes) {
        const std::uint64_t t_us = packet.t0_us() + events[i].t;
        const Slot slot{.s = static_cast<std::uint32_t>(t_us / second_us),
                        .ns = static_cast<std::uint32_t>(t_us % second_us * 1000),
                        .on = events[i].on(),
                        .padding = 0,
                        .next_x = events[i + 1].x,
                        .next_y = events[i + 1].y(),
                        .padding_before_time = 0};
        std::memcpy(at, &slot, stride_bytes);
    }
    const std::uint64_t t_us = packet.last_us();
    const Slot last{static_cast<std::uint32_t>(t_us / second_us),
                    static_cast<std::uint32_t>(t_us % second_us * 1000),
                    events.back().on(),
                    0,
                    0,
                    0,
                    0};
    std::memcpy(at, &last, stride_bytes - sizeof(first) - padding_bytes);
    return events.size() * stride_bytes - padding_bytes;
}

}  // namespace aestream
