#include <algorithm>

#include "aestream_core/libcaer.hpp"
#include "timed_events.hpp"

namespace aestream {

namespace {

constexpr std::size_t record_bytes = 8;

/// A word of mono and trigger: a time, 16 bits that trigger has no use for, and 15 bits and one of payload.
struct Word {
    explicit Word(const std::byte* bytes, std::size_t index) : bits(load_at<std::uint64_t>(bytes, index)) {}

    [[nodiscard]] std::uint64_t time_us(std::uint64_t base_ns) const {
        return (base_ns + (bits & 0xffff'ffffU)) / 1000;
    }
    [[nodiscard]] std::uint32_t x() const { return static_cast<std::uint32_t>(bits >> 32U) & 0xffffU; }
    [[nodiscard]] std::uint32_t y() const { return static_cast<std::uint32_t>(bits >> 48U) & 0x7fffU; }
    [[nodiscard]] bool on() const { return bits >> 63U != 0; }

    std::uint64_t bits;
};

}  // namespace

void decode_mono(std::span<const std::byte> events, std::uint64_t time_base_ns, PacketWriter& writer,
                 DecodeCounters& counters) {
    const std::size_t count = events.size() / record_bytes;
    for (std::size_t from = 0; from < count; from += timed_block_events) {
        const std::size_t to = std::min(from + timed_block_events, count);
        TimedEvents out(writer, to - from);
        for (std::size_t i = from; i < to; ++i) {
            const Word word(events.data(), i);
            out.put(word.time_us(time_base_ns), word.x(), word.y(), word.on());
        }
        counters.outside_sensor += out.outside();
    }
    if (events.size() % record_bytes != 0) ++counters.damaged;
}

void decode_trigger(std::span<const std::byte> events, std::uint64_t time_base_ns, SideRecords* side,
                    DecodeCounters& counters) {
    const std::size_t count = events.size() / record_bytes;
    counters.triggers += count;
    if (events.size() % record_bytes != 0) ++counters.damaged;
    if (side == nullptr || !side->wanted().triggers) return;
    for (std::size_t i = 0; i < count; ++i) {
        const Word word(events.data(), i);
        side->add(Trigger{word.time_us(time_base_ns), static_cast<std::uint16_t>(word.y()),
                          static_cast<std::uint16_t>(word.on() ? 1 : 0)});
    }
}

}  // namespace aestream
