#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "aestream_core/dat.hpp"
#include "aestream_core/errors.hpp"
#include "dat_header.hpp"
#include "dat_seek.hpp"
#include "formats.hpp"

namespace aestream {

namespace {

constexpr std::array<std::string_view, 1> extensions{".dat"};

class DatDecoder final : public Decoder {
public:
    explicit DatDecoder(std::uint64_t t0_us) { state_.clock.start_in_turn_of(t0_us); }

    void decode(std::span<const std::byte> bytes, PacketWriter& writer) override { decode_dat(state_, bytes, writer); }
    void finish(std::uint64_t at_byte, PacketWriter& /*writer*/) override {
        if (state_.partial.count > 0) throw DamagedRecording("it ends inside a DAT record", at_byte);
    }
    [[nodiscard]] DecodeCounters counters() const override { return state_.counters; }
    [[nodiscard]] std::optional<std::string> save() const override { return to_saved(state_); }
    [[nodiscard]] bool restore(std::string_view saved) override { return from_saved(saved, state_); }

private:
    DatState state_;
};

class DatEncoder final : public Encoder {
public:
    explicit DatEncoder(Sensor sensor) : sensor_(sensor) {}

    void begin(std::uint64_t first_us, ByteSink& out) override {
        put_dat_header(out, sensor_, first_us / DatClock::range * DatClock::range);
    }
    void encode(const Packet& packet, ByteSink& out) override {
        std::byte* const at = out.reserve(packet.size() * dat_record_bytes);
        encode_dat(packet, state_, at);
        out.advance_to(at + packet.size() * dat_record_bytes);
    }
    void finish(ByteSink& /*out*/) override {}

private:
    Sensor sensor_;
    DatEncodeState state_;
};

OpenedFormat open(const ByteFile& file, const OpenOptions& options) {
    const DatHeader header = read_dat_header(file);
    FileInfo info;
    info.format = dat_format.name;
    info.sensor_assumed = !options.sensor && !header.sensor;
    info.size_bytes = file.size_bytes();
    info.data_begin = header.size_bytes;
    info.details = header.fields;
    if (options.sensor) {
        info.sensor = *options.sensor;
    } else {
        info.sensor = header.sensor ? *header.sensor : guess_dat_sensor(file, header.size_bytes);
    }
    return {std::move(info), std::make_unique<DatDecoder>(header.t0_us)};
}

std::unique_ptr<Encoder> make_encoder(const EncodeOptions& options) {
    return std::make_unique<DatEncoder>(options.sensor);
}

}  // namespace

const FileFormat dat_format{.name = "dat",
                            .description = "Prophesee DAT: 8 bytes an event, 32-bit time",
                            .extensions = extensions,
                            .recognises = &is_dat,
                            .open = &open,
                            .make_encoder = &make_encoder,
                            .seek = &seek_dat};

}  // namespace aestream
