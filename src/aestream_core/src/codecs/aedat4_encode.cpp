#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "aedat4_events.hpp"
#include "aedat4_layout.hpp"
#include "aedat4_packets.hpp"
#include "aestream_core/aedat4.hpp"
#include "aestream_core/errors.hpp"
#include "aestream_core/multiversion.hpp"

namespace aestream {

namespace {

using namespace aedat4;

constexpr std::int32_t stream_id = 0;
constexpr std::size_t payload_head_bytes = 32;  // size, root, identifier, vtable, table, length: structs are aligned

/// What lies before the structs of an EVTS flatbuffer.
void write_payload_head(std::size_t events, std::byte* out) {
    const auto body = static_cast<std::uint32_t>(payload_head_bytes - sizeof(std::uint32_t) + events * event_bytes);
    store(out, body);
    store(out + 4, std::uint32_t{16});
    std::memcpy(out + 8, "EVTS", 4);
    constexpr std::uint16_t vtable[] = {0, 6, 8, 4};  // padding, sizes of vtable and table, place of its field
    std::memcpy(out + 12, vtable, sizeof(vtable));
    store(out + 20, std::int32_t{6});
    store(out + 24, std::uint32_t{4});
    store(out + 28, static_cast<std::uint32_t>(events));
}

struct Span {
    std::uint32_t first_us = UINT32_MAX;
    std::uint32_t last_us = 0;
};

AESTREAM_MULTIVERSION
Span time_span(std::span<const Event> events) {
    std::uint32_t first_us = UINT32_MAX;
    std::uint32_t last_us = 0;
    for (const Event& event : events) {
        first_us = std::min(first_us, event.t);
        last_us = std::max(last_us, event.t);
    }
    return {first_us, last_us};
}

/// The events from the front on whose times lie close enough together for one packet; never none.
std::span<const Event> close_in_time(std::span<const Event> events) {
    Span span;
    std::size_t count = 0;
    for (; count < events.size(); ++count) {
        span = {std::min(span.first_us, events[count].t), std::max(span.last_us, events[count].t)};
        if (span.last_us - span.first_us > largest_span_us / 2) break;
    }
    return events.first(count);
}

/// Write the payload's bytes, compressed; returns how many.
std::size_t write_payload(Aedat4EncodeState& state, std::span<const Event> events, std::uint64_t t0_us,
                          std::byte* out) {
    const bool in_place = state.layout.compression == Aedat4Compression::none;
    std::byte* const plain = in_place ? out : state.scratch.data();
    const std::size_t plain_bytes = payload_head_bytes + events.size() * event_bytes;
    write_payload_head(events.size(), plain);
    write_structs(events, t0_us, plain + payload_head_bytes);
    return in_place ? plain_bytes : state.compressor->compress({plain, plain_bytes}, out);
}

void write_packet(Aedat4EncodeState& state, std::span<const Event> events, Span span, std::uint64_t t0_us,
                  ByteSink& out) {
    const std::uint64_t at_byte = out.position();
    const std::size_t plain_bytes = payload_head_bytes + events.size() * event_bytes;
    state.scratch.resize(std::max(state.scratch.size(), plain_bytes));
    std::byte* const head = out.reserve(head_bytes + state.compressor->bound(plain_bytes));
    const std::size_t size = write_payload(state, events, t0_us, head + head_bytes);
    store(head, stream_id);
    store(head + sizeof(stream_id), static_cast<std::int32_t>(size));
    out.advance_to(head + head_bytes + size);
    state.table.push_back({at_byte, stream_id, static_cast<std::int32_t>(size),
                           static_cast<std::int64_t>(events.size()), static_cast<std::int64_t>(t0_us + span.first_us),
                           static_cast<std::int64_t>(t0_us + span.last_us)});
}

void check_times(const Packet& packet) {
    constexpr auto latest_us = static_cast<std::uint64_t>(INT64_MAX) - UINT32_MAX;
    if (packet.t0_us() <= latest_us) return;
    throw InvalidArgument("a packet begins at " + std::to_string(packet.t0_us()) +
                          " us; AEDAT4 holds times of 63 bits");
}

}  // namespace

Aedat4EncodeState::Aedat4EncodeState(Aedat4Layout with)
    : layout(std::move(with)), compressor(make_compressor(layout.compression)) {}

Aedat4EncodeState::~Aedat4EncodeState() = default;

void begin_aedat4(Aedat4EncodeState& state, ByteSink& out) {
    const Aedat4FileStart start = build_aedat4_header(state.layout);
    state.table_position_at_byte = out.position() + start.table_position_at_byte;
    out.append(start.bytes);
}

void encode_aedat4(Aedat4EncodeState& state, const Packet& packet, ByteSink& out) {
    check_times(packet);
    auto events = packet.events();
    while (!events.empty()) {
        auto part = events.first(std::min(events.size(), state.layout.packet_events));
        Span span = time_span(part);
        if (span.last_us - span.first_us > largest_span_us / 2) {
            part = close_in_time(part);
            span = time_span(part);
        }
        write_packet(state, part, span, packet.t0_us(), out);
        events = events.subspan(part.size());
    }
}

void finish_aedat4(Aedat4EncodeState& state, ByteSink& out) {
    const auto at_byte = static_cast<std::int64_t>(out.position());
    const std::vector<std::byte> table = build_aedat4_table(state.table);
    std::byte* const compressed = out.reserve(state.compressor->bound(table.size()));
    out.advance_to(compressed + state.compressor->compress(table, compressed));
    out.patch(state.table_position_at_byte, std::as_bytes(std::span(&at_byte, 1)));
}

}  // namespace aestream
