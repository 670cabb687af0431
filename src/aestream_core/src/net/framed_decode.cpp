#include <algorithm>
#include <cstring>

#include "aestream_core/framed_datagram.hpp"
#include "aestream_core/multiversion.hpp"
#include "net/inside.hpp"

namespace aestream {

namespace {

/// Records of a datagram, wherever it lies.
class Records {
public:
    explicit Records(std::span<const std::byte> bytes) : bytes_(bytes.data()), count_(bytes.size() / sizeof(Event)) {}
    [[nodiscard]] std::size_t count() const { return count_; }
    [[nodiscard]] Event operator[](std::size_t index) const {
        Event event;
        std::memcpy(&event, bytes_ + index * sizeof(Event), sizeof(event));
        return event;
    }

private:
    const std::byte* bytes_;
    std::size_t count_;
};

AESTREAM_MULTIVERSION std::uint32_t latest_of(const Records records) {
    std::uint32_t latest = 0;
    for (std::size_t i = 0; i < records.count(); ++i) latest = std::max(latest, records[i].t);
    return latest;
}

AESTREAM_MULTIVERSION std::uint32_t earliest_of(const Records records) {
    std::uint32_t earliest = UINT32_MAX;
    for (std::size_t i = 0; i < records.count(); ++i) earliest = std::min(earliest, records[i].t);
    return earliest;
}

AESTREAM_MULTIVERSION std::size_t append_shifted(const Records records, std::uint32_t shift_us, PacketWriter& writer) {
    return net::append_inside(writer, records.count(), [&](std::size_t i) {
        Event event = records[i];
        event.t += shift_us;
        return event;
    });
}

/// Record by record: the slow twin, for times that do not fit one base.
std::size_t append_one_by_one(const Records records, std::uint64_t t0_us, PacketWriter& writer) {
    std::size_t outside = 0;
    for (std::size_t i = 0; i < records.count(); ++i) {
        Event event = records[i];
        event.t = writer.at(t0_us + event.t);
        outside += net::append_inside(writer, 1, [&](std::size_t) { return event; });
    }
    return outside;
}

}  // namespace

std::size_t decode_framed(std::span<const std::byte> bytes, std::uint64_t t0_us, PacketWriter& writer) {
    const Records records(bytes);
    if (records.count() == 0) return 0;
    const std::uint32_t earliest = earliest_of(records);
    const std::uint32_t base = writer.at(t0_us + earliest);
    if (latest_of(records) - earliest > UINT32_MAX - base) return append_one_by_one(records, t0_us, writer);
    return append_shifted(records, base - earliest, writer);
}

}  // namespace aestream
