#include "aestream_core/evt3.hpp"

#include <memory>
#include <string>
#include <utility>

#include "aestream_core/errors.hpp"
#include "formats.hpp"
#include "raw_recording.hpp"

namespace aestream {

namespace {

constexpr std::string_view name = "evt3";

class Evt3Decoder final : public Decoder {
public:
    Evt3Decoder(std::uint64_t t0_us, std::shared_ptr<SideRecords> side) : side_(std::move(side)) {
        if (t0_us > 0) state_.clock.start_in_turn_of(t0_us);
    }

    void decode(std::span<const std::byte> bytes, PacketWriter& writer) override {
        decode_evt3(state_, bytes, writer, side_.get());
    }
    void finish(std::uint64_t at_byte, PacketWriter& /*writer*/) override {
        if (state_.partial.count > 0) throw DamagedRecording("it ends inside an EVT3 word", at_byte);
    }
    [[nodiscard]] DecodeCounters counters() const override { return state_.counters; }
    [[nodiscard]] std::optional<std::string> save() const override { return to_saved(state_); }
    [[nodiscard]] bool restore(std::string_view saved) override { return from_saved(saved, state_); }

private:
    Evt3State state_;
    std::shared_ptr<SideRecords> side_;
};

class Evt3Encoder final : public Encoder {
public:
    explicit Evt3Encoder(Sensor sensor) : sensor_(sensor) {}

    void begin(std::uint64_t first_us, ByteSink& out) override {
        put_raw_header(out, {"3.0", "EVT3"}, sensor_, first_us / Evt3Clock::wrap_us * Evt3Clock::wrap_us);
    }
    void encode(const Packet& packet, ByteSink& out) override {
        std::byte* const at = out.reserve(evt3_bound(packet, state_));
        out.advance_to(at + encode_evt3(packet, state_, at));
    }
    void finish(ByteSink& /*out*/) override {}

private:
    Sensor sensor_;
    Evt3EncodeState state_;
};

OpenedFormat open(const ByteFile& file, const OpenOptions& options) {
    OpenedRaw raw = open_raw_recording(file, options, name);
    return {std::move(raw.info), std::make_unique<Evt3Decoder>(raw.t0_us, options.side)};
}

bool recognises(std::span<const std::byte> head) { return is_raw_recording(head, name); }

RawStream frame(ByteStream bytes, const FileInfo& info, std::uint64_t packet_us, std::size_t max_bytes) {
    const std::uint64_t t0_us = t0_us_of(RawHeader{info.details, 0});
    return frame_evt3(std::move(bytes), {info.sensor, t0_us, packet_us, max_bytes});
}

std::unique_ptr<Encoder> make_encoder(const EncodeOptions& options) {
    return std::make_unique<Evt3Encoder>(options.sensor);
}

}  // namespace

const FileFormat evt3_format{.name = name,
                             .description = "Prophesee RAW, EVT 3.0: 16-bit words, vectors of neighbouring pixels",
                             .extensions = raw_extensions,
                             .recognises = &recognises,
                             .open = &open,
                             .frame = &frame,
                             .make_encoder = &make_encoder};

}  // namespace aestream
