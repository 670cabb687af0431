#include "aestream_core/evt21.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "aestream_core/errors.hpp"
#include "byte_file.hpp"
#include "formats.hpp"
#include "raw_recording.hpp"

namespace aestream {

namespace {

constexpr std::string_view name = "evt21";
constexpr std::size_t judged_bytes = 1U << 16U;

constexpr std::array read_options{
    FormatOption{"word_order", "how the halves of a 64-bit word follow each other", "guessed, current or legacy",
                 "guessed"},
};
constexpr std::array write_options{
    FormatOption{"word_order", "how the halves of a 64-bit word follow each other", "current or legacy", "current"},
};

class Evt21Decoder final : public Decoder {
public:
    Evt21Decoder(Evt21WordOrder order, std::uint64_t t0_us, std::shared_ptr<SideRecords> side)
        : side_(std::move(side)) {
        state_.order = order;
        state_.high.start_in_turn_of(t0_us >> evt2_low_bits);
    }

    void decode(std::span<const std::byte> bytes, PacketWriter& writer) override {
        decode_evt21(state_, bytes, writer, side_.get());
    }
    void finish(std::uint64_t at_byte, PacketWriter& /*writer*/) override {
        if (state_.partial.count > 0) throw DamagedRecording("it ends inside an EVT2.1 word", at_byte);
    }
    [[nodiscard]] DecodeCounters counters() const override { return state_.counters; }
    [[nodiscard]] std::optional<std::string> save() const override { return to_saved(state_); }
    [[nodiscard]] bool restore(std::string_view saved) override { return from_saved(saved, state_); }

private:
    Evt21State state_;
    std::shared_ptr<SideRecords> side_;
};

class Evt21Encoder final : public Encoder {
public:
    Evt21Encoder(Sensor sensor, Evt21WordOrder order) : sensor_(sensor) { state_.order = order; }

    void begin(std::uint64_t first_us, ByteSink& out) override {
        const std::string_view format =
            state_.order == Evt21WordOrder::legacy ? "EVT21;endianness=legacy" : "EVT21;endianness=little";
        put_raw_header(out, {"2.1", format}, sensor_, first_us / evt2_wrap_us * evt2_wrap_us);
    }
    void encode(const Packet& packet, ByteSink& out) override {
        std::byte* const at = out.reserve(evt21_bound(packet, state_));
        out.advance_to(at + encode_evt21(packet, state_, at));
    }
    void finish(ByteSink& /*out*/) override {}

private:
    Sensor sensor_;
    Evt21EncodeState state_;
};

std::optional<Evt21WordOrder> order_named(std::string_view text) {
    if (text == "current" || text == "little") return Evt21WordOrder::current;
    if (text == "legacy") return Evt21WordOrder::legacy;
    return std::nullopt;
}

Evt21WordOrder order_to_read(const ByteFile& file, const RawHeader& header, const FormatOptions& values) {
    const std::string asked = option_or(values, "word_order", "guessed");
    if (asked != "guessed") {
        if (asked != "current" && asked != "legacy") refuse_option(read_options[0], asked);
        return *order_named(asked);
    }
    if (const auto said = order_named(format_option(header, "endianness"))) return *said;
    return guess_evt21_order(file.piece(header.size_bytes, judged_bytes)).value_or(Evt21WordOrder::current);
}

OpenedFormat open(const ByteFile& file, const OpenOptions& options) {
    OpenedRaw raw = open_raw_recording(file, options, name);
    const Evt21WordOrder order = order_to_read(file, raw.header, options.values);
    raw.info.details["word_order"] = order == Evt21WordOrder::legacy ? "legacy" : "current";
    return {std::move(raw.info), std::make_unique<Evt21Decoder>(order, raw.t0_us, options.side)};
}

bool recognises(std::span<const std::byte> head) { return is_raw_recording(head, name); }

RawStream frame(ByteStream bytes, const FileInfo& info, std::uint64_t packet_us, std::size_t max_bytes) {
    const std::uint64_t t0_us = t0_us_of(RawHeader{info.details, 0});
    return frame_evt21(std::move(bytes), {info.sensor, t0_us, packet_us, max_bytes},
                       *order_named(info.details.at("word_order")));
}

std::unique_ptr<Encoder> make_encoder(const EncodeOptions& options) {
    const std::string asked = option_or(options.values, "word_order", "current");
    if (asked != "current" && asked != "legacy") refuse_option(write_options[0], asked);
    return std::make_unique<Evt21Encoder>(options.sensor, *order_named(asked));
}

}  // namespace

const FileFormat evt21_format{.name = name,
                              .description = "Prophesee RAW, EVT 2.1: 64-bit words of 32 neighbouring pixels",
                              .extensions = raw_extensions,
                              .recognises = &recognises,
                              .open = &open,
                              .frame = &frame,
                              .make_encoder = &make_encoder,
                              .read_options = read_options,
                              .write_options = write_options};

}  // namespace aestream
