#include <cstring>

#include "aestream_core/multiversion.hpp"
#include "aestream_core/spif.hpp"

namespace aestream {

namespace {

constexpr std::uint32_t no_timestamp = 0x8000'0000U;

std::uint32_t word_of(Event event, std::uint32_t flag) {
    return flag | static_cast<std::uint32_t>(event.x) << 16U | event.yp;
}

AESTREAM_MULTIVERSION bool all_fit(std::span<const Event> events) {
    std::uint32_t beyond = 0;
    for (const Event event : events) beyond |= static_cast<std::uint32_t>(event.x >= spif_no_column);
    return beyond == 0;
}

AESTREAM_MULTIVERSION void encode_untimed(std::span<const Event> events, std::byte* __restrict out) {
    for (std::size_t i = 0; i < events.size(); ++i) {
        const std::uint32_t word = word_of(events[i], no_timestamp);
        std::memcpy(out + 4 * i, &word, sizeof(word));
    }
}

AESTREAM_MULTIVERSION void encode_timed(std::span<const Event> events, std::uint32_t t0, std::byte* __restrict out) {
    for (std::size_t i = 0; i < events.size(); ++i) {
        const std::uint64_t pair = word_of(events[i], 0) | std::uint64_t{events[i].t + t0} << 32U;
        std::memcpy(out + 8 * i, &pair, sizeof(pair));
    }
}

void encode_all(std::span<const Event> events, std::uint32_t t0, bool timestamps, std::byte* out) {
    if (timestamps) {
        encode_timed(events, t0, out);
    } else {
        encode_untimed(events, out);
    }
}

}  // namespace

std::size_t encode_spif(std::span<const Event> events, std::uint64_t t0_us, bool timestamps, std::byte* out) {
    const auto t0 = static_cast<std::uint32_t>(t0_us);
    if (all_fit(events)) [[likely]] {
        encode_all(events, t0, timestamps, out);
        return events.size();
    }
    std::size_t written = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (events[i].x >= spif_no_column) continue;
        encode_all(events.subspan(i, 1), t0, timestamps, out + written++ * spif_event_bytes(timestamps));
    }
    return written;
}

}  // namespace aestream
