#include "aedat4_writing.hpp"

#include <charconv>
#include <string>
#include <utility>

#include "aestream_core/aedat4.hpp"

namespace aestream {

namespace {

class Aedat4Encoder final : public Encoder {
public:
    explicit Aedat4Encoder(Aedat4Layout layout) : state_(std::move(layout)) {}
    void begin(std::uint64_t /*first_us*/, ByteSink& out) override { begin_aedat4(state_, out); }
    void encode(const Packet& packet, ByteSink& out) override { encode_aedat4(state_, packet, out); }
    void finish(ByteSink& out) override { finish_aedat4(state_, out); }

private:
    Aedat4EncodeState state_;
};

Aedat4Compression to_compression(const FormatOptions& values) {
    const std::string name = option_or(values, aedat4_compression_option.name, aedat4_compression_option.fallback);
    constexpr std::array<std::string_view, 5> names{"none", "lz4", "lz4_high", "zstd", "zstd_high"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) return static_cast<Aedat4Compression>(i);
    }
    refuse_option(aedat4_compression_option, name);
}

std::size_t to_packet_events(const FormatOptions& values) {
    const std::string text = option_or(values, aedat4_packet_option.name, aedat4_packet_option.fallback);
    constexpr std::size_t most_events = 1'000'000;
    std::size_t events = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), events);
    const bool number = result.ec == std::errc() && result.ptr == text.data() + text.size();
    if (!number || events < 1 || events > most_events) refuse_option(aedat4_packet_option, text);
    return events;
}

}  // namespace

std::unique_ptr<Encoder> make_aedat4_encoder(const EncodeOptions& options) {
    Aedat4Layout layout;
    layout.sensor = options.sensor;
    layout.compression = to_compression(options.values);
    layout.packet_events = to_packet_events(options.values);
    return std::make_unique<Aedat4Encoder>(std::move(layout));
}

}  // namespace aestream
