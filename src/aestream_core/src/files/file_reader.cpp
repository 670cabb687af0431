#include <algorithm>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "aestream_core/errors.hpp"
#include "aestream_core/files.hpp"
#include "byte_file.hpp"
#include "file_chunks.hpp"
#include "file_index.hpp"

namespace aestream {

namespace {

constexpr std::size_t raw_chunk_bytes = 1U << 17U;
constexpr std::size_t chunk_events = 1U << 16U;

ByteStream read_chunks(const ByteFile& file, std::uint64_t from_byte) {
    FileChunks chunks(file, from_byte, raw_chunk_bytes, /*memory_map=*/false);
    for (auto chunk = chunks.next(); !chunk.empty(); chunk = chunks.next()) co_yield chunk;
}

/// Say the file's name in what a codec found wrong with its bytes.
DamagedRecording named(const DamagedRecording& error, const OpenedFile& opened, std::uint64_t at_byte) {
    return {"'" + opened.file->path() + "' is damaged at byte " + std::to_string(at_byte) + ": " + error.what(),
            at_byte};
}

/// A recording's index, while it is read with a start time: tells where to begin, and grows on the way.
class Indexing {
public:
    Indexing(const OpenedFile& opened, std::uint64_t start_us) : opened_(opened) {
        if (start_us == 0 || opened.file->is_pipe()) return;
        if (opened.format->seek != nullptr) {
            begin_ = opened.format->seek(*opened.file, opened.info, *opened.decoder, start_us);
            return;
        }
        index_.emplace(*opened.file, opened.format->name);
        const FileIndex::Entry* const entry = index_->last_before(start_us);
        if (entry == nullptr || !opened.decoder->restore(entry->state)) return;
        begin_ = entry->at_byte;
        latest_us_ = entry->latest_us;
    }
    ~Indexing() {
        if (index_) index_->store();
    }
    Indexing(const Indexing&) = delete;
    Indexing& operator=(const Indexing&) = delete;

    [[nodiscard]] std::uint64_t begin() const { return begin_.value_or(opened_.info.data_begin); }

    void pass(std::uint64_t at_byte, std::span<const Packet> decoded) {
        if (!index_) return;
        for (const Packet& packet : decoded) latest_us_ = std::max(latest_us_, packet.latest_us());
        index_->offer(at_byte, latest_us_, *opened_.decoder);
    }

private:
    const OpenedFile& opened_;
    std::optional<FileIndex> index_;
    std::optional<std::uint64_t> begin_;
    std::uint64_t latest_us_ = 0;
};

/// A recording in the middle of being read.
class Reading {
public:
    Reading(const OpenedFile& opened, std::uint64_t start_us, std::size_t first_capacity_events)
        : opened_(opened),
          indexing_(opened, start_us),
          chunks_(*opened.file, indexing_.begin(), opened.decoder->chunk_bytes(), opened.memory_map),
          writer_(opened.info.sensor, first_capacity_events) {}

    /// Read and decode one chunk; false at the end, damaged or not.
    bool step() {
        try {
            const auto chunk = chunks_.next();
            if (chunk.empty()) {
                opened_.decoder->finish(chunks_.at_byte(), writer_);
            } else {
                opened_.decoder->decode(chunk, writer_);
            }
            return !chunk.empty();
        } catch (const DamagedRecording& error) {
            damage_ = std::make_exception_ptr(named(error, opened_, error.byte_offset));
            return false;
        }
    }

    /// The packets that are complete.
    std::vector<Packet> take() {
        std::vector<Packet> packets = std::exchange(writer_.ready, {});
        for (const Packet& packet : packets) events_ += packet.size();
        indexing_.pass(chunks_.at_byte(), packets);
        return packets;
    }

    void cut() { writer_.cut(); }

    [[nodiscard]] ReadCounters counters() const {
        DecodeCounters decoded = opened_.decoder->counters();
        decoded.damaged += damage_ && opened_.skip_errors ? 1 : 0;
        return {chunks_.at_byte() - opened_.info.data_begin, events_, decoded};
    }

    void throw_if_damaged() const {
        if (damage_ && !opened_.skip_errors) std::rethrow_exception(damage_);
    }

private:
    const OpenedFile& opened_;
    Indexing indexing_;
    FileChunks chunks_;
    PacketWriter writer_;
    std::uint64_t events_ = 0;
    std::exception_ptr damage_;
};

PacketStream read_packets(OpenedFile opened, std::shared_ptr<SharedReadCounters> counters, std::uint64_t start_us) {
    Reading reading(opened, start_us, chunk_events);
    for (bool more = true; more;) {
        more = reading.step();
        reading.cut();
        std::vector<Packet> packets = reading.take();
        counters->set(reading.counters());
        for (Packet& packet : packets) co_yield std::move(packet);
    }
    reading.throw_if_damaged();
}

/// Decode a whole recording into one buffer.
std::vector<Packet> read_in_place(const OpenedFile& opened) {
    // Real recordings spend about three bytes an event, or more; untouched memory costs nothing.
    Reading reading(opened, 0, opened.info.size_bytes / 3 + 1);
    while (reading.step()) {
    }
    reading.throw_if_damaged();
    reading.cut();
    return reading.take();
}

std::vector<Packet> read_joined(OpenedFile opened, TimeRange range) {
    return join(read_file(std::move(opened), std::make_shared<SharedReadCounters>(), range));
}

RawStream read_raw(OpenedFile opened, RawStream pieces) {
    std::exception_ptr damage;
    while (!damage) {
        std::optional<RawPacket> piece;
        try {
            piece = pieces.next();
        } catch (const DamagedRecording& error) {
            damage = std::make_exception_ptr(named(error, opened, opened.info.data_begin + error.byte_offset));
        }
        if (!piece) break;
        co_yield *std::move(piece);
    }
    if (damage) std::rethrow_exception(damage);
}

std::string formats_with_raw_bytes() {
    std::string names;
    for (const FileFormat& format : file_formats()) {
        if (format.frame != nullptr) names += (names.empty() ? "" : ", ") + std::string(format.name);
    }
    return names;
}

}  // namespace

PacketStream read_file(OpenedFile opened, std::shared_ptr<SharedReadCounters> counters, TimeRange range) {
    PacketStream packets = read_packets(std::move(opened), std::move(counters), range.start_us);
    return range.whole() ? std::move(packets) : between(std::move(packets), range.start_us, range.stop_us);
}

Packet read_whole_file(OpenedFile opened, TimeRange range) {
    const std::string path = opened.file->path();
    const Sensor sensor = opened.info.sensor;
    std::vector<Packet> packets =
        range.whole() ? read_in_place(std::move(opened)) : read_joined(std::move(opened), range);
    if (packets.empty()) return {0, sensor, nullptr, 0, 0};
    if (packets.size() > 1) {
        const std::uint64_t span_us = packets.back().last_us() - packets.front().first_us();
        throw InvalidArgument("'" + path + "' spans " + std::to_string(span_us) +
                              " us; one packet holds at most 4294967295 us: open it as a stream");
    }
    return packets.front();
}

RawStream read_raw_file(OpenedFile opened, std::uint64_t packet_us, std::size_t max_bytes) {
    if (opened.format->frame == nullptr) {
        throw FormatError(
            "'" + opened.file->path() + "' is " + opened.info.format +
            ", whose undecoded bytes are not handed on; undecoded bytes come from: " + formats_with_raw_bytes());
    }
    RawStream pieces =
        opened.format->frame(read_chunks(*opened.file, opened.info.data_begin), opened.info, packet_us, max_bytes);
    return read_raw(std::move(opened), std::move(pieces));
}

}  // namespace aestream
