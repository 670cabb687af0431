#include "aestream_core/evt2.hpp"

#include <memory>
#include <string>
#include <utility>

#include "aestream_core/errors.hpp"
#include "formats.hpp"
#include "raw_recording.hpp"

namespace aestream {

namespace {

constexpr std::string_view name = "evt2";

class Evt2Decoder final : public Decoder {
public:
    Evt2Decoder(std::uint64_t t0_us, std::shared_ptr<SideRecords> side) : side_(std::move(side)) {
        state_.high.start_in_turn_of(t0_us >> evt2_low_bits);
    }

    void decode(std::span<const std::byte> bytes, PacketWriter& writer) override {
        decode_evt2(state_, bytes, writer, side_.get());
    }
    void finish(std::uint64_t at_byte, PacketWriter& /*writer*/) override {
        if (state_.partial.count > 0) throw DamagedRecording("it ends inside an EVT2 word", at_byte);
    }
    [[nodiscard]] DecodeCounters counters() const override { return state_.counters; }
    [[nodiscard]] std::optional<std::string> save() const override { return to_saved(state_); }
    [[nodiscard]] bool restore(std::string_view saved) override { return from_saved(saved, state_); }

private:
    Evt2State state_;
    std::shared_ptr<SideRecords> side_;
};

class Evt2Encoder final : public Encoder {
public:
    explicit Evt2Encoder(Sensor sensor) : sensor_(sensor) {}

    void begin(std::uint64_t first_us, ByteSink& out) override {
        put_raw_header(out, {"2.0", "EVT2"}, sensor_, first_us / evt2_wrap_us * evt2_wrap_us);
    }
    void encode(const Packet& packet, ByteSink& out) override {
        std::byte* const at = out.reserve(evt2_bound(packet, state_));
        out.advance_to(at + encode_evt2(packet, state_, at));
    }
    void finish(ByteSink& /*out*/) override {}

private:
    Sensor sensor_;
    Evt2EncodeState state_;
};

OpenedFormat open(const ByteFile& file, const OpenOptions& options) {
    OpenedRaw raw = open_raw_recording(file, options, name);
    return {std::move(raw.info), std::make_unique<Evt2Decoder>(raw.t0_us, options.side)};
}

bool recognises(std::span<const std::byte> head) { return is_raw_recording(head, name); }

RawStream frame(ByteStream bytes, const FileInfo& info, std::uint64_t packet_us, std::size_t max_bytes) {
    const std::uint64_t t0_us = t0_us_of(RawHeader{info.details, 0});
    return frame_evt2(std::move(bytes), {info.sensor, t0_us, packet_us, max_bytes});
}

std::unique_ptr<Encoder> make_encoder(const EncodeOptions& options) {
    return std::make_unique<Evt2Encoder>(options.sensor);
}

}  // namespace

const FileFormat evt2_format{.name = name,
                             .description = "Prophesee RAW, EVT 2.0: one 32-bit word an event",
                             .extensions = raw_extensions,
                             .recognises = &recognises,
                             .open = &open,
                             .frame = &frame,
                             .make_encoder = &make_encoder};

}  // namespace aestream
