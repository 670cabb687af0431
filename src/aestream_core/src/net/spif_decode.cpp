#include <algorithm>
#include <cstring>

#include "aestream_core/multiversion.hpp"
#include "aestream_core/spif.hpp"
#include "net/inside.hpp"

namespace aestream {

namespace {

constexpr std::uint32_t no_timestamp = 0x8000'0000U;
constexpr std::uint32_t half_range = 0x8000'0000U;

/// Words of a datagram, wherever it lies.
class Words {
public:
    explicit Words(std::span<const std::byte> bytes) : bytes_(bytes.data()), count_(bytes.size() / 4) {}
    [[nodiscard]] std::size_t count() const { return count_; }
    [[nodiscard]] std::uint32_t operator[](std::size_t index) const {
        std::uint32_t word;
        std::memcpy(&word, bytes_ + 4 * index, sizeof(word));
        return word;
    }

private:
    const std::byte* bytes_;
    std::size_t count_;
};

Event event_of(std::uint32_t word, std::uint32_t offset_us) {
    return {offset_us, static_cast<std::uint16_t>((word >> 16U) & 0x7fffU), static_cast<std::uint16_t>(word)};
}

AESTREAM_MULTIVERSION bool none_timed(const Words words) {
    std::uint32_t all = no_timestamp;
    for (std::size_t i = 0; i < words.count(); ++i) all &= words[i];
    return (all & no_timestamp) != 0;
}

AESTREAM_MULTIVERSION std::size_t append_untimed(const Words words, std::uint32_t offset_us, PacketWriter& writer) {
    return net::append_inside(writer, words.count(), [&](std::size_t i) { return event_of(words[i], offset_us); });
}

/// The earliest and the latest time of a datagram of pairs.
struct Span {
    bool all_timed = false;
    std::uint32_t earliest = 0;
    std::uint32_t latest = 0;
};

AESTREAM_MULTIVERSION Span span_of_pairs(const Words words) {
    std::uint32_t any = 0;
    std::uint32_t earliest = UINT32_MAX;
    std::uint32_t latest = 0;
    for (std::size_t i = 0; i < words.count() / 2; ++i) {
        any |= words[2 * i];
        earliest = std::min(earliest, words[2 * i + 1]);
        latest = std::max(latest, words[2 * i + 1]);
    }
    return {words.count() % 2 == 0 && (any & no_timestamp) == 0, earliest, latest};
}

AESTREAM_MULTIVERSION std::size_t append_pairs(const Words words, std::uint32_t to_offset, PacketWriter& writer) {
    return net::append_inside(writer, words.count() / 2,
                              [&](std::size_t i) { return event_of(words[2 * i], words[2 * i + 1] + to_offset); });
}

/// A datagram of pairs whose times lie close together: one look at the clock does for all. False where they do not.
bool decode_pairs(const Words words, SpifState& state, PacketWriter& writer) {
    const Span span = span_of_pairs(words);
    if (!span.all_timed || span.latest - span.earliest >= half_range) return false;
    const std::uint32_t first = words[1];
    state.clock.take(first);
    const std::uint32_t base = writer.at(state.clock.value());
    if (base < first - span.earliest || span.latest - first > UINT32_MAX - base) return false;
    state.outside_sensor += append_pairs(words, base - first, writer);
    state.clock.take(words[words.count() - 1]);
    return true;
}

/// Any datagram, word by word: the slow twin of the two above. Gives the number of whole events.
std::size_t decode_words(const Words words, std::uint64_t arrival_us, SpifState& state, PacketWriter& writer) {
    std::uint64_t time_us = arrival_us;
    std::size_t events = 0;
    for (std::size_t at = 0; at < words.count(); ++events) {
        const std::uint32_t word = words[at];
        const bool timed = (word & no_timestamp) == 0;
        if (timed && at + 1 == words.count()) {
            state.cut_bytes += 4;
            break;
        }
        if (timed) {
            state.clock.take(words[at + 1]);
            time_us = state.clock.value();
        }
        at += timed ? 2 : 1;
        const std::uint32_t offset_us = writer.at(time_us);
        state.outside_sensor += net::append_inside(writer, 1, [&](std::size_t) { return event_of(word, offset_us); });
    }
    return events;
}

/// Decode all words; gives the number of whole events.
std::size_t decode_all(const Words words, std::uint64_t arrival_us, SpifState& state, PacketWriter& writer) {
    if (words.count() == 0) return 0;
    if (none_timed(words)) {
        state.outside_sensor += append_untimed(words, writer.at(arrival_us), writer);
        return words.count();
    }
    if (decode_pairs(words, state, writer)) return words.count() / 2;
    return decode_words(words, arrival_us, state, writer);
}

}  // namespace

std::size_t decode_spif(std::span<const std::byte> datagram, std::uint64_t arrival_us, SpifState& state,
                        PacketWriter& writer) {
    state.cut_bytes += datagram.size() % 4;
    const std::uint64_t outside_before = state.outside_sensor;
    const std::size_t events = decode_all(Words(datagram), arrival_us, state, writer);
    return events - (state.outside_sensor - outside_before);
}

}  // namespace aestream
