#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include "aestream_core/errors.hpp"
#include "aestream_core/files.hpp"
#include "byte_file.hpp"

namespace aestream {

namespace {

// Large enough that a read and a packet cost nothing beside the decoding, small enough to stay in the second-level
// cache.
constexpr std::size_t chunk_bytes = 1U << 17U;
constexpr std::size_t chunk_events = 1U << 16U;

ByteStream read_chunks(const ByteFile& file, std::uint64_t from_byte) {
    std::vector<std::byte> chunk(chunk_bytes);
    while (const std::size_t size = file.read(from_byte, chunk)) {
        from_byte += size;
        co_yield std::span<const std::byte>(chunk).first(size);
    }
}

/// Say the file's name in what a codec found wrong with its bytes.
DamagedRecording named(const DamagedRecording& error, const OpenedFile& opened, std::uint64_t at_byte) {
    return {"'" + opened.file->path() + "' is damaged at byte " + std::to_string(at_byte) + ": " + error.what(),
            at_byte};
}

/// A recording in the middle of being read.
class Reading {
public:
    Reading(const OpenedFile& opened, std::size_t first_capacity_events)
        : opened_(opened),
          at_byte_(opened.info.data_begin),
          chunk_(chunk_bytes),
          writer_(opened.info.sensor, first_capacity_events) {}

    /// Read and decode one chunk; false at the end, damaged or not.
    bool step() {
        try {
            const std::size_t size = opened_.file->read(at_byte_, chunk_);
            at_byte_ += size;
            if (size == 0) opened_.decoder->finish(at_byte_);
            opened_.decoder->decode(std::span<const std::byte>(chunk_).first(size), writer_);
            return size > 0;
        } catch (const DamagedRecording& error) {
            damage_ = std::make_exception_ptr(named(error, opened_, error.byte_offset));
            return false;
        }
    }

    /// The packets that are complete.
    std::vector<Packet> take() {
        std::vector<Packet> packets = std::exchange(writer_.ready, {});
        for (const Packet& packet : packets) events_ += packet.size();
        return packets;
    }

    void cut() { writer_.cut(); }

    [[nodiscard]] ReadCounters counters() const {
        return {at_byte_ - opened_.info.data_begin, events_, opened_.decoder->counters()};
    }

    void throw_if_damaged() const {
        if (damage_) std::rethrow_exception(damage_);
    }

private:
    const OpenedFile& opened_;
    std::uint64_t at_byte_;
    std::vector<std::byte> chunk_;
    PacketWriter writer_;
    std::uint64_t events_ = 0;
    std::exception_ptr damage_;
};

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

PacketStream read_file(OpenedFile opened, std::shared_ptr<SharedReadCounters> counters) {
    Reading reading(opened, chunk_events);
    for (bool more = true; more;) {
        more = reading.step();
        reading.cut();
        std::vector<Packet> packets = reading.take();
        counters->set(reading.counters());
        for (Packet& packet : packets) co_yield std::move(packet);
    }
    reading.throw_if_damaged();
}

Packet read_whole_file(OpenedFile opened) {
    // Real recordings spend about three bytes an event, or more; untouched memory costs nothing.
    Reading reading(opened, opened.info.size_bytes / 3 + 1);
    while (reading.step()) {
    }
    reading.throw_if_damaged();
    reading.cut();
    std::vector<Packet> packets = reading.take();
    if (packets.empty()) return {0, opened.info.sensor, nullptr, 0, 0};
    if (packets.size() > 1) {
        const std::uint64_t span_us = packets.back().last_us() - packets.front().first_us();
        throw InvalidArgument("'" + opened.file->path() + "' spans " + std::to_string(span_us) +
                              " us; one packet holds at most 4294967295 us: open it as a stream");
    }
    return packets.front();
}

RawStream read_raw_file(OpenedFile opened, std::uint64_t packet_us, std::size_t max_bytes) {
    if (opened.format->frame == nullptr) {
        throw FormatError("'" + opened.file->path() + "' is " + opened.info.format +
                          ", which is no camera's wire format; undecoded bytes come from: " + formats_with_raw_bytes());
    }
    RawStream pieces = opened.format->frame(read_chunks(*opened.file, opened.info.data_begin), opened.info.sensor,
                                            packet_us, max_bytes);
    return read_raw(std::move(opened), std::move(pieces));
}

}  // namespace aestream
