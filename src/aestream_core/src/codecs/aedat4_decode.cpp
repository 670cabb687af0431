#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "aestream_core/aedat4.hpp"
#include "aestream_core/errors.hpp"
#include "decompress.hpp"
#include "flatbuffer.hpp"

namespace aestream {

namespace {

constexpr std::size_t head_bytes = 8;    // int32 stream id, int32 size of the payload
constexpr std::size_t event_bytes = 16;  // int64 time µs, int16 x, int16 y, bool polarity, 3 bytes of padding
constexpr std::size_t x_at = 8;
constexpr std::size_t y_at = 10;
constexpr std::size_t polarity_at = 12;
constexpr std::uint64_t largest_span_us = std::uint64_t{1} << 31U;

std::unique_ptr<Decompressor> make_decompressor(Aedat4Compression compression) {
    switch (compression) {
        case Aedat4Compression::lz4:
        case Aedat4Compression::lz4_high:
            return make_lz4();
        case Aedat4Compression::zstd:
        case Aedat4Compression::zstd_high:
            return make_zstd();
        case Aedat4Compression::none:
            break;
    }
    return make_uncompressed();
}

template <typename T>
T load(const std::byte* bytes) {
    T value{};
    std::memcpy(&value, bytes, sizeof(T));
    return value;
}

[[noreturn]] void fail(const Aedat4State& state, const std::string& what) {
    throw DamagedRecording("a packet there is broken: " + what, state.record_at_byte);
}

/// One packet's times lie close together; anything else is damage, and would scatter events over countless packets.
void check_time(const Aedat4State& state, std::int64_t t_us, std::int64_t first_us) {
    if (t_us < 0) fail(state, "an event has the time " + std::to_string(t_us) + " us");
    const auto distance_us = static_cast<std::uint64_t>(std::max(t_us, first_us) - std::min(t_us, first_us));
    if (distance_us > largest_span_us) fail(state, "its events lie " + std::to_string(distance_us) + " us apart");
}

void write_events(Aedat4State& state, std::span<const std::byte> structs, PacketWriter& writer) {
    if (structs.empty()) return;
    const Sensor sensor = writer.sensor();
    const std::size_t count = structs.size() / event_bytes;
    const auto first_us = load<std::int64_t>(structs.data());
    check_time(state, first_us, first_us);
    (void)writer.at(static_cast<std::uint64_t>(first_us));
    writer.reserve(count + 1);
    std::uint64_t t0_us = writer.t0_us();
    Event* out = writer.cursor();
    std::size_t outside = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::byte* record = structs.data() + i * event_bytes;
        const auto t_us = load<std::int64_t>(record);
        std::uint64_t offset_us = static_cast<std::uint64_t>(t_us) - t0_us;
        if (offset_us > UINT32_MAX) [[unlikely]] {
            writer.advance_to(out);
            check_time(state, t_us, first_us);
            offset_us = writer.at(static_cast<std::uint64_t>(t_us));
            writer.reserve(count - i + 1);
            t0_us = writer.t0_us();
            out = writer.cursor();
        }
        const auto x = load<std::uint16_t>(record + x_at);
        const auto y = load<std::uint16_t>(record + y_at);
        *out = {static_cast<std::uint32_t>(offset_us), x,
                Event::pack(y, load<std::uint8_t>(record + polarity_at) != 0)};
        const std::size_t on_sensor = sensor.contains(x, y) ? 1U : 0U;
        out += on_sensor;
        outside += 1 - on_sensor;
    }
    writer.advance_to(out);
    state.outside_sensor += outside;
}

void take_payload(Aedat4State& state, std::span<const std::byte> payload, PacketWriter& writer) {
    try {
        const auto bytes = state.decompressor->decompress(payload);
        write_events(state, FlatTable::root(bytes, "EVTS").items(0, event_bytes), writer);
    } catch (const BadCompression& error) {
        fail(state, error.what());
    } catch (const BadFlatbuffer& error) {
        fail(state, error.what());
    }
}

void take_head(Aedat4State& state, std::span<const std::byte> head) {
    const auto id = load<std::int32_t>(head.data());
    const auto size = load<std::int32_t>(head.data() + sizeof(id));
    if (std::ranges::find(state.header.streams, id, &Aedat4Stream::id) == state.header.streams.end()) {
        fail(state, "it belongs to stream " + std::to_string(id) + ", which the header does not list");
    }
    if (size <= 0) fail(state, "its size is " + std::to_string(size));
    const auto payload_bytes = static_cast<std::uint64_t>(size);
    const std::uint64_t end = state.record_at_byte + head_bytes + payload_bytes;
    if (state.header.table_at_byte && end > *state.header.table_at_byte) {
        fail(state, "its " + std::to_string(size) + " bytes reach into the data table");
    }
    state.record_at_byte += head_bytes;
    if (id == state.stream_id) {
        state.in_payload = true;
        state.wanted_bytes = payload_bytes;
    } else {
        ++state.skipped_packets;
        state.record_at_byte += payload_bytes;
        state.skip_bytes = payload_bytes;
    }
}

void take_record(Aedat4State& state, std::span<const std::byte> record, PacketWriter& writer) {
    if (!state.in_payload) return take_head(state, record);
    take_payload(state, record, writer);
    state.in_payload = false;
    state.record_at_byte += record.size();
    state.wanted_bytes = head_bytes;
}

/// The current record as one span, taken off the front of `bytes`; empty where more bytes are needed. Records that lie
/// whole in `bytes` are not copied.
std::span<const std::byte> next_record(Aedat4State& state, std::span<const std::byte>& bytes) {
    if (state.pending.empty() && bytes.size() >= state.wanted_bytes) {
        return std::exchange(bytes, bytes.subspan(state.wanted_bytes)).first(state.wanted_bytes);
    }
    const std::size_t part = std::min(bytes.size(), state.wanted_bytes - state.pending.size());
    state.pending.insert(state.pending.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(part));
    bytes = bytes.subspan(part);
    if (state.pending.size() < state.wanted_bytes) return {};
    return state.pending;
}

bool at_table(const Aedat4State& state) {
    return !state.in_payload && state.skip_bytes == 0 && state.header.table_at_byte &&
           state.record_at_byte >= *state.header.table_at_byte;
}

}  // namespace

Aedat4State::Aedat4State(Aedat4Header file_header)
    : header(std::move(file_header)),
      record_at_byte(header.size_bytes),
      wanted_bytes(head_bytes),
      decompressor(make_decompressor(header.compression)) {
    const Aedat4Stream* const events = header.event_stream();
    if (events == nullptr) throw FormatError("none of its streams holds events (EVTS)");
    stream_id = events->id;
}

Aedat4State::~Aedat4State() = default;

void decode_aedat4(Aedat4State& state, std::span<const std::byte> bytes, PacketWriter& writer) {
    while (!bytes.empty() && !at_table(state)) {
        if (state.skip_bytes > 0) {
            const std::size_t part = std::min<std::uint64_t>(bytes.size(), state.skip_bytes);
            bytes = bytes.subspan(part);
            state.skip_bytes -= part;
            continue;
        }
        const auto record = next_record(state, bytes);
        if (record.empty()) return;
        take_record(state, record, writer);
        state.pending.clear();
    }
}

void finish_aedat4(const Aedat4State& state, std::uint64_t at_byte) {
    if (state.in_payload || state.skip_bytes > 0 || !state.pending.empty()) {
        throw DamagedRecording("it ends inside a packet", at_byte);
    }
    if (state.header.table_at_byte && state.record_at_byte < *state.header.table_at_byte) {
        throw DamagedRecording("it ends before its data table at byte " + std::to_string(*state.header.table_at_byte),
                               at_byte);
    }
}

}  // namespace aestream
