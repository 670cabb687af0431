#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "aedat4_events.hpp"
#include "aedat4_layout.hpp"
#include "aedat4_packets.hpp"
#include "aedat4_side.hpp"
#include "aestream_core/aedat4.hpp"
#include "aestream_core/errors.hpp"
#include "decompress.hpp"
#include "decompress_ahead.hpp"
#include "flatbuffer.hpp"

namespace aestream {

namespace {

using namespace aedat4;

[[noreturn]] void fail(const Aedat4State& state, const std::string& what) {
    throw DamagedRecording("a packet there is broken: " + what, state.record_at_byte);
}

std::span<const std::byte> decompressed(Aedat4State& state, std::span<const std::byte> payload) {
    if (state.ahead) {
        if (const auto ready = state.ahead->take(payload)) return *ready;
    }
    return state.decompressor->decompress(payload);
}

void take_payload(Aedat4State& state, std::span<const std::byte> payload, PacketWriter& writer) {
    const bool events = state.payload->id == state.stream_id;
    const auto packet = events ? decompressed(state, payload) : state.decompressor->decompress(payload);
    if (events) {
        append_events(FlatTable::root(packet, "EVTS").items(0, event_bytes), writer, state.counters.outside_sensor);
    } else {
        state.counters.triggers += take_side_packet(state.payload->type, packet, *state.options.side);
    }
}

/// A broken payload is one packet less, where that is wanted; the packets behind it are not touched by it.
void take_or_skip_payload(Aedat4State& state, std::span<const std::byte> payload, PacketWriter& writer) {
    std::string fault;
    try {
        return take_payload(state, payload, writer);
    } catch (const BadCompression& error) {
        fault = error.what();
    } catch (const BadFlatbuffer& error) {
        fault = error.what();
    } catch (const BadTime& error) {
        fault = error.what();
    }
    if (!state.options.skip_errors) fail(state, fault);
    ++state.counters.damaged;
}

const Aedat4Stream& stream_of(const Aedat4State& state, std::int32_t id) {
    const auto found = std::ranges::find(state.header.streams, id, &Aedat4Stream::id);
    if (found == state.header.streams.end()) {
        fail(state, "it belongs to stream " + std::to_string(id) + ", which the header does not list");
    }
    return *found;
}

void take_head(Aedat4State& state, std::span<const std::byte> head) {
    const auto size = load<std::int32_t>(head.data() + sizeof(std::int32_t));
    const Aedat4Stream& stream = stream_of(state, load<std::int32_t>(head.data()));
    if (size <= 0) fail(state, "its size is " + std::to_string(size));
    const auto payload_bytes = static_cast<std::uint64_t>(size);
    const std::uint64_t end = state.record_at_byte + head_bytes + payload_bytes;
    if (state.header.table_at_byte && end > *state.header.table_at_byte) {
        fail(state, "its " + std::to_string(size) + " bytes reach into the data table");
    }
    state.record_at_byte += head_bytes;
    if (stream.id == state.stream_id || wants(state.options.side.get(), stream.type)) {
        state.payload = &stream;
        state.wanted_bytes = payload_bytes;
    } else {
        ++state.counters.skipped_packets;
        state.record_at_byte += payload_bytes;
        state.skip_bytes = payload_bytes;
    }
}

void take_record(Aedat4State& state, std::span<const std::byte> record, PacketWriter& writer) {
    if (state.payload == nullptr) return take_head(state, record);
    take_or_skip_payload(state, record, writer);
    state.payload = nullptr;
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

bool between_packets(const Aedat4State& state) {
    return state.payload == nullptr && state.skip_bytes == 0 && state.pending.empty();
}

bool at_table(const Aedat4State& state) {
    return state.payload == nullptr && state.skip_bytes == 0 && state.header.table_at_byte &&
           state.record_at_byte >= *state.header.table_at_byte;
}

/// Give the packets that lie whole in these bytes to the other cores. Only a forecast: whatever is wrong with a head is
/// found when its turn comes.
void look_ahead(Aedat4State& state, std::span<const std::byte> bytes) {
    std::vector<std::span<const std::byte>> payloads;
    while (bytes.size() >= head_bytes) {
        const auto size = load<std::int32_t>(bytes.data() + sizeof(std::int32_t));
        if (size <= 0 || bytes.size() - head_bytes < static_cast<std::size_t>(size)) break;
        const auto payload_bytes = static_cast<std::size_t>(size);
        if (load<std::int32_t>(bytes.data()) == state.stream_id) {
            payloads.push_back(bytes.subspan(head_bytes, payload_bytes));
        }
        bytes = bytes.subspan(head_bytes + payload_bytes);
    }
    if (payloads.size() > 1) state.ahead->start(std::move(payloads));
}

/// Whatever happens, no other core touches the bytes after this.
struct StopAhead {
    explicit StopAhead(DecompressAhead* of) : ahead(of) {}
    ~StopAhead() {
        if (ahead != nullptr) ahead->stop();
    }
    StopAhead(const StopAhead&) = delete;
    StopAhead& operator=(const StopAhead&) = delete;
    DecompressAhead* ahead;
};

// Beyond this the reader, which converts what the others decompress, is what is waited for.
constexpr unsigned most_threads = 32;

std::unique_ptr<DecompressAhead> make_ahead(Aedat4State& state) {
    state.options.threads = std::min(state.options.threads, most_threads);
    if (state.options.threads < 2 || state.header.compression == Aedat4Compression::none) return nullptr;
    return std::make_unique<DecompressAhead>(state.options.threads, [&state] {
        return make_decompressor(state.header.compression, DecompressAhead::largest_bytes);
    });
}

}  // namespace

Aedat4State::Aedat4State(Aedat4Header file_header, Aedat4Options with)
    : header(std::move(file_header)),
      options(std::move(with)),
      record_at_byte(header.size_bytes),
      wanted_bytes(head_bytes),
      decompressor(make_decompressor(header.compression, Decompressor::max_bytes)),
      ahead(make_ahead(*this)) {
    const Aedat4Stream* const events = header.event_stream(options.stream_id);
    if (events == nullptr) throw FormatError("none of its streams holds the events (EVTS) that are wanted");
    stream_id = events->id;
}

Aedat4State::~Aedat4State() = default;

void decode_aedat4(Aedat4State& state, std::span<const std::byte> bytes, PacketWriter& writer) {
    const StopAhead stop(state.ahead.get());
    bool looked_ahead = state.ahead == nullptr;
    while (!bytes.empty() && !at_table(state)) {
        if (state.skip_bytes > 0) {
            const std::size_t part = std::min<std::uint64_t>(bytes.size(), state.skip_bytes);
            bytes = bytes.subspan(part);
            state.skip_bytes -= part;
            continue;
        }
        if (!looked_ahead && between_packets(state)) {
            look_ahead(state, bytes);
            looked_ahead = true;
        }
        const auto record = next_record(state, bytes);
        if (record.empty()) return;
        take_record(state, record, writer);
        state.pending.clear();
    }
}

void finish_aedat4(const Aedat4State& state, std::uint64_t at_byte) {
    if (!between_packets(state)) throw DamagedRecording("it ends inside a packet", at_byte);
    if (state.header.table_at_byte && state.record_at_byte < *state.header.table_at_byte) {
        throw DamagedRecording("it ends before its data table at byte " + std::to_string(*state.header.table_at_byte),
                               at_byte);
    }
}

void start_aedat4_at(Aedat4State& state, std::uint64_t at_byte) {
    state.record_at_byte = at_byte;
    state.wanted_bytes = head_bytes;
    state.payload = nullptr;
    state.skip_bytes = 0;
    state.pending.clear();
}

}  // namespace aestream
