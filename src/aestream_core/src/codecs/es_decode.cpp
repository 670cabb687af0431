#include <algorithm>
#include <cstring>
#include <string_view>

#include "aestream_core/es.hpp"

namespace aestream {

namespace {

constexpr std::string_view magic = "Event Stream";
constexpr std::size_t kind_at = 15;
constexpr std::size_t block_bytes = std::size_t{1} << 14U;
constexpr std::uint64_t largest_step_us = 254;  // that one byte of any kind of stream adds to the time
constexpr std::size_t load_bytes = 8;

// What the first byte of a record says. Those from first_control on stand alone: a reset or an overflow of the time.
struct Dvs {
    static constexpr std::size_t record_bytes = 5;
    static constexpr std::uint8_t first_control = 0xfe;
    static constexpr std::uint64_t control_us(std::uint8_t byte) { return byte == 0xff ? 127 : 0; }
    static constexpr std::uint64_t step_us(std::uint64_t byte) { return byte >> 1U; }
    static constexpr std::uint64_t on(std::uint64_t byte) { return byte & 1U; }
    static constexpr bool is_event(std::uint64_t /*byte*/) { return true; }
};
struct Atis {
    static constexpr std::size_t record_bytes = 5;
    static constexpr std::uint8_t first_control = 0xfc;
    static constexpr std::uint64_t control_us(std::uint8_t byte) { return (byte & 3U) * std::uint64_t{63}; }
    static constexpr std::uint64_t step_us(std::uint64_t byte) { return byte >> 2U; }
    static constexpr std::uint64_t on(std::uint64_t byte) { return byte >> 1U & 1U; }
    static constexpr bool is_event(std::uint64_t byte) { return (byte & 1U) == 0; }
};
struct Color {
    static constexpr std::size_t record_bytes = 8;
    static constexpr std::uint8_t first_control = 0xfe;
    static constexpr std::uint64_t control_us(std::uint8_t byte) { return byte == 0xff ? 254 : 0; }
    static constexpr std::uint64_t step_us(std::uint64_t byte) { return byte; }
    static constexpr std::uint64_t on(std::uint64_t /*byte*/) { return 1; }
    static constexpr bool is_event(std::uint64_t /*byte*/) { return true; }
};

std::uint64_t load(const std::byte* from) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, load_bytes);
    return word;
}

std::uint8_t first_byte(const std::byte* from) { return std::to_integer<std::uint8_t>(*from); }

/// Decode records that begin before `end`, up to the first that needs bytes from `limit` on; returns where that is.
/// Eight bytes from the start of each record must be readable. Times stay within the writer's packet.
template <typename Kind>
const std::byte* decode_block(EsState& state, const std::byte* at, const std::byte* end, PacketWriter& writer) {
    const Sensor sensor = writer.sensor();
    const std::uint64_t last_row = sensor.height - std::uint64_t{1};
    std::uint64_t offset_us = writer.at(state.t_us);
    const std::uint64_t t0_us = state.t_us - offset_us;
    writer.reserve(static_cast<std::size_t>(end - at) / Kind::record_bytes + 2);
    Event* out = writer.cursor();
    std::uint64_t outside = 0;
    std::uint64_t exposures = 0;
    while (at < end) {
        const std::uint64_t word = load(at);
        const std::uint64_t head = word & 0xffU;
        if (head >= Kind::first_control) [[unlikely]] {
            offset_us += Kind::control_us(static_cast<std::uint8_t>(head));
            ++at;
            continue;
        }
        at += Kind::record_bytes;
        offset_us += Kind::step_us(head);
        const std::uint64_t x = word >> 8U & 0xffffU;
        const std::uint64_t y = word >> 24U & 0xffffU;
        const std::uint64_t record = offset_us | x << 32U | ((last_row - y) & 0x7fffU) << 48U | Kind::on(head) << 63U;
        std::memcpy(out, &record, sizeof(record));
        const std::uint64_t is_event = Kind::is_event(head) ? 1U : 0U;
        const std::uint64_t on_sensor = (x < sensor.width ? 1U : 0U) & (y < sensor.height ? 1U : 0U);
        out += is_event & on_sensor;
        outside += is_event & ~on_sensor;
        exposures += 1 - is_event;
    }
    writer.advance_to(out);
    state.t_us = t0_us + offset_us;
    state.outside_sensor += outside;
    state.exposure_records += exposures;
    return at;
}

/// Decode one record, the slow way: where the time may leave the packet, and where records are cut.
template <typename Kind>
void decode_record(EsState& state, const std::byte* bytes, PacketWriter& writer) {
    const std::uint64_t head = first_byte(bytes);
    std::array<std::byte, load_bytes> padded{};
    std::copy_n(bytes, Kind::record_bytes, padded.begin());
    const std::uint64_t word = load(padded.data());
    const auto x = static_cast<std::uint16_t>(word >> 8U);
    const auto y = static_cast<std::uint16_t>(word >> 24U);
    const Sensor sensor = writer.sensor();
    state.t_us += Kind::step_us(head);
    if (!Kind::is_event(head)) {
        ++state.exposure_records;
    } else if (!sensor.contains(x, y)) {
        ++state.outside_sensor;
    } else {
        writer.reserve(1);
        const std::uint32_t offset_us = writer.at(state.t_us);
        writer.reserve(1);
        writer.put(offset_us, x, Event::pack(static_cast<std::uint16_t>(sensor.height - 1 - y), Kind::on(head) != 0));
    }
}

template <typename Kind>
bool fits_packet(const EsState& state, PacketWriter& writer) {
    return std::uint64_t{writer.at(state.t_us)} + block_bytes * largest_step_us <= UINT32_MAX;
}

/// Decode the whole records from `at` on, one by one; returns the first byte of the one that is cut.
template <typename Kind>
const std::byte* decode_slowly(EsState& state, const std::byte* at, const std::byte* end, const std::byte* limit,
                               PacketWriter& writer) {
    while (at < end) {
        if (first_byte(at) >= Kind::first_control) {
            state.t_us += Kind::control_us(first_byte(at++));
        } else if (static_cast<std::size_t>(limit - at) < Kind::record_bytes) {
            return at;
        } else {
            decode_record<Kind>(state, at, writer);
            at += Kind::record_bytes;
        }
    }
    return at;
}

/// Complete the record that was cut; returns the bytes after it.
template <typename Kind>
std::span<const std::byte> complete_partial(EsState& state, std::span<const std::byte> bytes, PacketWriter& writer) {
    const std::size_t missing = std::min(Kind::record_bytes - state.partial_bytes, bytes.size());
    std::copy_n(bytes.begin(), missing, state.partial.begin() + state.partial_bytes);
    state.partial_bytes = static_cast<std::uint8_t>(state.partial_bytes + missing);
    if (state.partial_bytes == Kind::record_bytes) {
        state.partial_bytes = 0;
        decode_record<Kind>(state, state.partial.data(), writer);
    }
    return bytes.subspan(missing);
}

template <typename Kind>
void decode_kind(EsState& state, std::span<const std::byte> bytes, PacketWriter& writer) {
    if (state.partial_bytes > 0) bytes = complete_partial<Kind>(state, bytes, writer);
    const std::byte* at = bytes.data();
    const std::byte* const limit = at + bytes.size();
    while (static_cast<std::size_t>(limit - at) >= load_bytes) {
        const std::byte* const end = at + std::min<std::size_t>(block_bytes, limit - at - (load_bytes - 1));
        at = fits_packet<Kind>(state, writer) ? decode_block<Kind>(state, at, end, writer)
                                              : decode_slowly<Kind>(state, at, end, limit, writer);
    }
    at = decode_slowly<Kind>(state, at, limit, limit, writer);
    const auto rest = static_cast<std::size_t>(limit - at);
    if (rest == 0) return;
    std::copy_n(at, rest, state.partial.begin());
    state.partial_bytes = static_cast<std::uint8_t>(rest);
}

}  // namespace

std::optional<EsHeader> parse_es_header(std::span<const std::byte> head) {
    if (head.size() <= kind_at) return std::nullopt;
    const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
    if (!text.starts_with(magic)) return std::nullopt;
    const auto byte = [&](std::size_t at) { return std::to_integer<std::uint8_t>(head[at]); };
    EsHeader header{{byte(12), byte(13), byte(14)}, EsKind{byte(kind_at)}, {}, kind_at + 1};
    if (header.kind == EsKind::dvs || header.kind == EsKind::atis || header.kind == EsKind::color) {
        if (head.size() < es_header_bytes) return std::nullopt;
        const auto side = [&](std::size_t at) { return static_cast<std::uint16_t>(byte(at) | byte(at + 1) << 8); };
        header.sensor = {side(16), side(18)};
        header.size_bytes = es_header_bytes;
    }
    return header;
}

bool is_possible(const EsState& state) {
    const bool known = state.kind == EsKind::dvs || state.kind == EsKind::atis || state.kind == EsKind::color;
    return known && state.partial_bytes < (state.kind == EsKind::color ? Color::record_bytes : Dvs::record_bytes);
}

void decode_es(EsState& state, std::span<const std::byte> bytes, PacketWriter& writer) {
    if (bytes.empty()) return;
    switch (state.kind) {
        case EsKind::atis:
            return decode_kind<Atis>(state, bytes, writer);
        case EsKind::color:
            return decode_kind<Color>(state, bytes, writer);
        default:
            return decode_kind<Dvs>(state, bytes, writer);
    }
}

}  // namespace aestream
