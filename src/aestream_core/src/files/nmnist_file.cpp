#include <array>
#include <string>
#include <utility>

#include "aestream_core/errors.hpp"
#include "aestream_core/nmnist.hpp"
#include "formats.hpp"
#include "record_samples.hpp"
#include "sensor_guess.hpp"

namespace aestream {

namespace {

constexpr std::array<std::string_view, 1> extensions{".bin"};

class NmnistDecoder final : public Decoder {
public:
    void decode(std::span<const std::byte> bytes, PacketWriter& writer) override {
        decode_nmnist(state_, bytes, writer);
    }
    void finish(std::uint64_t at_byte, PacketWriter& /*writer*/) override {
        if (state_.partial.count > 0) throw DamagedRecording("it ends inside an event", at_byte);
    }
    [[nodiscard]] DecodeCounters counters() const override {
        DecodeCounters counters;
        counters.outside_sensor = state_.outside_sensor;
        return counters;
    }
    [[nodiscard]] std::optional<std::string> save() const override { return to_saved(state_); }
    [[nodiscard]] bool restore(std::string_view saved) override {
        NmnistState state;
        if (!from_saved(saved, state) || state.partial.count >= nmnist_record_bytes) return false;
        state_ = state;
        return true;
    }

private:
    NmnistState state_;
};

/// N-MNIST has 34x34 pixels; N-Caltech101, in the same layout, pictures of many sizes.
Sensor guess_sensor(const ByteFile& file) {
    std::uint8_t x_max = 0;
    std::uint8_t y_max = 0;
    sample_records(file, 0, nmnist_record_bytes, [&](std::span<const std::byte> records) {
        for (std::size_t at = 0; at < records.size(); at += nmnist_record_bytes) {
            const auto y = std::to_integer<std::uint8_t>(records[at + 1]);
            if (y == nmnist_overflow_row) continue;
            x_max = std::max(x_max, std::to_integer<std::uint8_t>(records[at]));
            y_max = std::max(y_max, y);
        }
    });
    return smallest_usual_sensor(x_max, y_max);
}

bool recognises(std::span<const std::byte> /*head*/) { return false; }

OpenedFormat open(const ByteFile& file, const OpenOptions& options) {
    FileInfo info;
    info.format = nmnist_format.name;
    info.sensor = options.sensor ? *options.sensor : guess_sensor(file);
    info.sensor_assumed = !options.sensor;
    info.size_bytes = file.size_bytes();
    return {std::move(info), std::make_unique<NmnistDecoder>()};
}

}  // namespace

const FileFormat nmnist_format{.name = "nmnist",
                               .description = "N-MNIST and N-Caltech101: 40-bit records of x, y, polarity and time",
                               .extensions = extensions,
                               .recognises = &recognises,
                               .open = &open};

}  // namespace aestream
