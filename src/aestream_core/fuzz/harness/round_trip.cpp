#include "round_trip.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "aestream_core/errors.hpp"
#include "files/byte_file.hpp"
#include "harness.hpp"
#include "reading.hpp"

namespace aestream::fuzz {

namespace {

/// A file in memory, filled as FileWriter fills one on disk.
class MemoryFile {
public:
    void flush(ByteSink& sink) {
        const auto waiting = sink.waiting();
        bytes_.insert(bytes_.end(), waiting.begin(), waiting.end());
        sink.clear();
        for (const ByteSink::Patch& patch : sink.take_patches()) {
            require(patch.at_byte + patch.bytes.size() <= bytes_.size(), "patched bytes were written before");
            std::ranges::copy(patch.bytes, bytes_.begin() + static_cast<std::ptrdiff_t>(patch.at_byte));
        }
    }
    [[nodiscard]] const std::vector<std::byte>& bytes() const { return bytes_; }

private:
    std::vector<std::byte> bytes_;
};

struct Written {
    MemoryFile file;
    std::size_t packets = 0;  ///< written before the encoder refused one
    std::uint64_t lost_base_us = 0;
};

/// False where the encoder refuses the packet; it must have written nothing then.
bool encoded(Encoder& encoder, const Packet& packet, ByteSink& sink) {
    const std::uint64_t before = sink.position();
    try {
        encoder.encode(packet, sink);
        return true;
    } catch (const InvalidArgument&) {
        require(sink.position() == before, "nothing of a refused packet is written");
        return false;
    }
}

Written write(Encoder& encoder, std::span<const Packet> packets) {
    Written written;
    ByteSink sink;
    encoder.begin(packets.front().first_us(), sink);
    for (const Packet& packet : packets) {
        if (!encoded(encoder, packet, sink)) break;
        ++written.packets;
        if (written.packets % 2 == 0) written.file.flush(sink);
    }
    encoder.finish(sink);
    written.file.flush(sink);
    written.lost_base_us = encoder.lost_base_us();
    return written;
}

/// Null where the format holds no sensor of that size.
std::unique_ptr<Encoder> encoder_for(const FileFormat& format, Sensor sensor) {
    try {
        return format.make_encoder({.sensor = sensor, .values = {}});
    } catch (const InvalidArgument&) {
        return nullptr;
    }
}

}  // namespace

void check_round_trip(const FileFormat& format, Sensor sensor, std::span<const Packet> packets) {
    const auto encoder = encoder_for(format, sensor);
    if (!encoder || packets.empty()) return;
    const Written written = write(*encoder, packets);
    if (written.packets == 0) return;

    Tally expected;
    for (const Packet& packet : packets.first(written.packets)) expected.take(packet);
    Tally read;
    PacketStream stream = read_file(open_bytes("written" + std::string(format.extensions.front()), written.file.bytes(),
                                               {.sensor = sensor}, format.name),
                                    std::make_shared<SharedReadCounters>());
    while (const auto packet = stream.next()) read.take(*packet, written.lost_base_us);
    require_equal(expected, read, "a recording and what is written of it");
}

}  // namespace aestream::fuzz
