#include <algorithm>

#include "aestream_core/libcaer.hpp"
#include "timed_events.hpp"

namespace aestream {

namespace {

constexpr std::size_t record_bytes = 8;
constexpr std::uint32_t clock_mask = 0x7fff'ffff;
constexpr std::uint32_t half_range_us = 1U << 30U;
constexpr std::uint64_t roll_us = std::uint64_t{1} << 31U;

/// The 31-bit clock of one message. It rolls over at most once in a message; events that come late, from before the
/// roll-over, are told by how far they are off.
class RollingClock {
public:
    std::uint64_t unwrap_us(std::uint32_t clock_us) {
        const std::uint32_t step = clock_us - last_us_;
        if (started_ && step + half_range_us > 2 * half_range_us) [[unlikely]]
            roll_(clock_us);
        last_us_ = clock_us;
        started_ = true;
        return clock_us + base_us_;
    }

private:
    void roll_(std::uint32_t clock_us) { base_us_ = clock_us < last_us_ ? roll_us : 0; }

    std::uint32_t last_us_ = 0;
    std::uint64_t base_us_ = 0;
    bool started_ = false;
};

}  // namespace

void decode_libcaer(std::span<const std::byte> events, std::uint64_t time_base_ns, PacketWriter& writer,
                    DecodeCounters& counters) {
    const std::uint64_t base_us = time_base_ns / 1000;
    const std::size_t count = events.size() / record_bytes;
    RollingClock clock;
    for (std::size_t from = 0; from < count; from += timed_block_events) {
        const std::size_t to = std::min(from + timed_block_events, count);
        TimedEvents out(writer, to - from);
        for (std::size_t i = from; i < to; ++i) {
            const auto data = load_at<std::uint32_t>(events.data(), 2 * i);
            const std::uint32_t clock_us = load_at<std::uint32_t>(events.data(), 2 * i + 1) & clock_mask;
            if ((data & 1U) == 0) {
                ++counters.skipped_words;
                continue;
            }
            out.put(base_us + clock.unwrap_us(clock_us), data >> 17U, data >> 2U & 0x7fffU, (data & 2U) != 0);
        }
        counters.outside_sensor += out.outside();
    }
    if (events.size() % record_bytes != 0) ++counters.damaged;
}

}  // namespace aestream
