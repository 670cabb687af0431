#include <algorithm>

#include "aestream_core/event_array.hpp"
#include "timed_events.hpp"

namespace aestream {

namespace {

constexpr std::size_t event_bytes = 13;

/// Where the fields of an event lie. CDR aligns each field but not the event, so that x and y of all but the first
/// event lie in the gap before its time.
struct CdrLayout {
    static constexpr std::size_t stride_bytes = 16;
    static const std::byte* x(const std::byte* events, std::size_t i) { return events + (i == 0 ? 0 : i * 16 - 2); }
    static const std::byte* time(const std::byte* events, std::size_t i) { return events + i * 16 + 4; }
};
struct Ros1Layout {
    static constexpr std::size_t stride_bytes = event_bytes;
    static const std::byte* x(const std::byte* events, std::size_t i) { return events + i * event_bytes; }
    static const std::byte* time(const std::byte* events, std::size_t i) { return events + i * event_bytes + 4; }
};

template <typename Layout>
void decode(std::span<const std::byte> events, PacketWriter& writer, DecodeCounters& counters) {
    const std::size_t padding = Layout::stride_bytes - event_bytes;
    const std::size_t count = (events.size() + padding) / Layout::stride_bytes;
    for (std::size_t from = 0; from < count; from += timed_block_events) {
        const std::size_t to = std::min(from + timed_block_events, count);
        TimedEvents out(writer, to - from);
        for (std::size_t i = from; i < to; ++i) {
            const std::byte* const address = Layout::x(events.data(), i);
            const std::byte* const time = Layout::time(events.data(), i);
            const std::uint64_t t_us =
                std::uint64_t{load_at<std::uint32_t>(time)} * 1'000'000 + load_at<std::uint32_t>(time, 1) / 1000;
            out.put(t_us, load_at<std::uint16_t>(address), load_at<std::uint16_t>(address, 1), time[8] != std::byte{0});
        }
        counters.outside_sensor += out.outside();
    }
    const std::size_t whole_bytes = count == 0 ? 0 : count * Layout::stride_bytes - padding;
    if (events.size() > whole_bytes) ++counters.damaged;
}

}  // namespace

void decode_event_array_cdr(std::span<const std::byte> events, PacketWriter& writer, DecodeCounters& counters) {
    decode<CdrLayout>(events, writer, counters);
}

void decode_event_array_ros1(std::span<const std::byte> events, PacketWriter& writer, DecodeCounters& counters) {
    decode<Ros1Layout>(events, writer, counters);
}

}  // namespace aestream
