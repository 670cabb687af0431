#include "reading.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "aestream_core/errors.hpp"
#include "files/byte_file.hpp"

namespace aestream::fuzz {

namespace {

std::vector<Packet> taken(PacketWriter& writer) { return std::exchange(writer.ready, {}); }

void record_fault(Outcome& outcome, const DamagedRecording& error, std::size_t file_bytes) {
    require(error.byte_offset <= file_bytes, "damage lies inside the file");
    outcome.fault_byte = error.byte_offset;
    outcome.fault = error.what();
}

/// A decoder in the middle of a file.
class PieceReader {
public:
    PieceReader(const Recording& recording, Chooser& choose)
        : recording_(recording),
          choose_(choose),
          options_(collecting(recording.options)),
          opened_(recording.open(options_)),
          writer_(opened_.info.sensor, 1),
          at_byte_(opened_.info.data_begin) {}

    Outcome read() {
        Outcome outcome;
        try {
            while (at_byte_ < recording_.bytes.size()) step(outcome);
            opened_.decoder->finish(at_byte_, writer_);
        } catch (const DamagedRecording& error) {
            record_fault(outcome, error, recording_.bytes.size());
        }
        writer_.cut();
        take(outcome);
        if (!handed_over_) outcome.counters = opened_.decoder->counters();
        outcome.side_hash = hash_of(*options_.side);
        return outcome;
    }

private:
    void step(Outcome& outcome) {
        const auto rest = recording_.bytes.subspan(at_byte_);
        const auto part = rest.first(std::min(rest.size(), choose_.piece_bytes()));
        const std::vector<std::byte> piece(part.begin(), part.end());
        opened_.decoder->decode(piece, writer_);
        at_byte_ += piece.size();
        if (choose_.one_in(4)) writer_.cut();
        if (choose_.one_in(64)) hand_over();
        take(outcome);
    }

    void hand_over() {
        const auto saved = opened_.decoder->save();
        if (!saved) return;
        OpenedFile next = recording_.open(options_);
        require(next.decoder->restore(*saved), "a saved state is taken over");
        opened_ = std::move(next);
        handed_over_ = true;
    }

    void take(Outcome& outcome) {
        for (const Packet& packet : taken(writer_)) outcome.events.take(packet);
    }

    const Recording& recording_;
    Chooser& choose_;
    OpenOptions options_;
    OpenedFile opened_;
    PacketWriter writer_;
    std::uint64_t at_byte_;
    bool handed_over_ = false;
};

}  // namespace

std::string Recording::name() const { return "fuzz" + std::string(format.extensions.front()); }

std::optional<OpenedFile> Recording::try_open() const {
    try {
        return open(options);
    } catch (const DamagedRecording& error) {
        require(error.byte_offset <= bytes.size(), "damage lies inside the file");
    } catch (const Error&) {
        return std::nullopt;
    }
    return std::nullopt;
}

OpenedFile Recording::open(const OpenOptions& with) const {
    return open_bytes(name(), {bytes.begin(), bytes.end()}, with, format.name);
}

OpenOptions collecting(OpenOptions options) {
    options.side = std::make_shared<SideRecords>(SideRecords::Wanted{.triggers = true, .imu = true, .frames = true});
    return options;
}

Outcome read_streamed(const Recording& recording, const OpenOptions& options, std::uint64_t remember_at,
                      std::vector<Packet>* packets, std::size_t most_events) {
    Outcome outcome{.events = Tally(remember_at)};
    const auto counters = std::make_shared<SharedReadCounters>();
    const OpenOptions with = collecting(options);
    OpenedFile opened = recording.open(with);
    const Sensor sensor = opened.info.sensor;
    PacketStream stream = read_file(std::move(opened), counters);
    try {
        while (const auto packet = stream.next()) {
            require(packet->sensor() == sensor, "packets are of the file's sensor");
            outcome.events.take(*packet);
            if (packets != nullptr && outcome.events.count() <= most_events) packets->push_back(*packet);
        }
    } catch (const DamagedRecording& error) {
        record_fault(outcome, error, recording.bytes.size());
    }
    outcome.counters = counters->get().decoded;
    outcome.side_hash = hash_of(*with.side);
    return outcome;
}

Outcome read_in_pieces(const Recording& recording, Chooser& choose) { return PieceReader(recording, choose).read(); }

Tally read_from(const Recording& recording, std::uint64_t start_us) {
    Tally tally;
    PacketStream stream =
        read_file(recording.open(recording.options), std::make_shared<SharedReadCounters>(), {start_us, UINT64_MAX});
    while (const auto packet = stream.next()) tally.take(*packet);
    return tally;
}

namespace {

/// Whether bytes are those of the file; whole words of EVT2.1 in its older order are given out in the present one.
bool are_of_file(std::span<const std::byte> given, std::span<const std::byte> file, bool turned) {
    const std::size_t turned_bytes = turned ? given.size() / 8 * 8 : 0;
    for (std::size_t i = 0; i < given.size(); ++i) {
        if (given[i] != file[i < turned_bytes ? i ^ 4U : i]) return false;
    }
    return true;
}

}  // namespace

void check_raw(const Recording& recording, Chooser& choose) {
    constexpr std::array<std::uint64_t, 3> spans_us{1, 1000, 1'000'000};
    const std::size_t max_bytes = 64 + choose.below(512);
    OpenedFile opened = recording.open(recording.options);
    std::size_t at = opened.info.data_begin;
    const auto order = opened.info.details.find("word_order");
    const bool turned = order != opened.info.details.end() && order->second == "legacy";
    RawStream stream = read_raw_file(std::move(opened), spans_us[choose.below(spans_us.size())], max_bytes);
    try {
        while (const auto packet = stream.next()) {
            require(packet->size_bytes <= max_bytes, "undecoded packets are as small as asked for");
            require(packet->size_bytes <= recording.bytes.size() - at, "undecoded packets are no longer than the file");
            require(are_of_file(packet->bytes(), recording.bytes.subspan(at, packet->size_bytes), turned),
                    "undecoded packets in a row are the file");
            at += packet->size_bytes;
        }
        require(at == recording.bytes.size(), "undecoded packets hold the whole file");
    } catch (const DamagedRecording& error) {
        require(error.byte_offset <= recording.bytes.size(), "damage lies inside the file");
    }
}

}  // namespace aestream::fuzz
