// The rows of AEDAT 1.0 and 2.0.
#include "aestream_core/aedat2.hpp"

#include <array>
#include <string>
#include <utility>

#include "aedat_header.hpp"
#include "aestream_core/errors.hpp"
#include "codecs/endian.hpp"
#include "formats.hpp"
#include "record_samples.hpp"
#include "sensor_guess.hpp"

namespace aestream {

namespace {

constexpr std::array<std::string_view, 1> extensions{".aedat"};
constexpr FormatOption camera_option{"camera", "camera that recorded the file, which says what its addresses mean",
                                     "dvs128, davis128, davis208, davis240, davis346, davis640, or davis for any other",
                                     "as the header says, else guessed"};
constexpr std::array read_options{camera_option};
constexpr std::string_view any_davis = "davis";

class Aedat2Decoder final : public Decoder {
public:
    Aedat2Decoder(AerLayout layout, bool wide, std::shared_ptr<SideRecords> side) : side_(std::move(side)) {
        state_.layout = layout;
        state_.wide = wide;
    }
    void decode(std::span<const std::byte> bytes, PacketWriter& writer) override {
        decode_aedat2(state_, bytes, writer, side_.get());
    }
    void finish(std::uint64_t at_byte, PacketWriter& /*writer*/) override {
        if (state_.partial.count > 0) throw DamagedRecording("it ends inside an event", at_byte);
    }
    [[nodiscard]] DecodeCounters counters() const override {
        DecodeCounters counters;
        counters.outside_sensor = state_.outside_sensor;
        counters.triggers = state_.triggers;
        counters.skipped_packets = state_.samples;
        return counters;
    }
    [[nodiscard]] std::optional<std::string> save() const override { return to_saved(state_); }
    [[nodiscard]] bool restore(std::string_view saved) override {
        Aedat2State state;
        if (!from_saved(saved, state) || state.layout != state_.layout || state.wide != state_.wide) return false;
        if (state.partial.count >= (state.wide ? aedat2_record_bytes : aedat1_record_bytes)) return false;
        state_ = state;
        return true;
    }

private:
    Aedat2State state_;
    std::shared_ptr<SideRecords> side_;
};

/// What is known of the camera.
struct Camera {
    std::string name;
    AerLayout layout = AerLayout::dvs128;
    std::optional<Sensor> sensor;
};

std::string field(const AedatHeader& header, const std::string& name) {
    const auto found = header.fields.find(name);
    return found == header.fields.end() ? std::string() : found->second;
}

Camera to_camera(const AedatCamera& camera) { return {std::string(camera.name), camera.layout, camera.sensor}; }

std::optional<Camera> given_camera(const OpenOptions& options) {
    const std::string name = option_or(options.values, camera_option.name, "");
    if (name.empty()) return std::nullopt;
    if (name == any_davis) return Camera{name, AerLayout::davis, std::nullopt};
    for (const AedatCamera& camera : aedat_cameras()) {
        if (name == camera.name) return to_camera(camera);
    }
    refuse_option(camera_option, name);
}

/// The camera that the header names, by its chip or else its interface.
std::optional<Camera> named_camera(const AedatHeader& header) {
    for (const char* const name : {"AEChip", "HardwareInterface"}) {
        if (const AedatCamera* const camera = find_aedat_camera(field(header, name))) return to_camera(*camera);
    }
    return std::nullopt;
}

/// A DVS128 uses 16 bits of an address only; a DAVIS has its rows above them.
Camera guess_camera(const ByteFile& file, std::uint64_t data_begin) {
    std::uint32_t all_bits = 0;
    sample_records(file, data_begin, aedat2_record_bytes, [&](std::span<const std::byte> records) {
        for (std::size_t at = 0; at < records.size(); at += aedat2_record_bytes) {
            all_bits |= load_big_endian<std::uint32_t>(records.data() + at);
        }
    });
    if (all_bits >> 16U == 0) return to_camera(aedat_cameras().front());
    return {std::string(any_davis), AerLayout::davis, std::nullopt};
}

Sensor guess_davis_sensor(const ByteFile& file, std::uint64_t data_begin) {
    // There is none below 240x180 among those that headers do not name.
    std::uint32_t x_max = 239;
    std::uint32_t y_max = 179;
    sample_records(file, data_begin, aedat2_record_bytes, [&](std::span<const std::byte> records) {
        for (std::size_t at = 0; at < records.size(); at += aedat2_record_bytes) {
            const std::uint32_t address = load_big_endian<std::uint32_t>(records.data() + at);
            if (address >> 31U != 0 || (address >> 10U & 1U) != 0) continue;
            x_max = std::max(x_max, address >> 12U & 0x3ffU);
            y_max = std::max(y_max, address >> 22U & 0x1ffU);
        }
    });
    return smallest_usual_sensor(static_cast<std::uint16_t>(x_max), static_cast<std::uint16_t>(y_max));
}

OpenedFormat open_with(std::string_view format, const AedatHeader& header, const Camera& camera, bool wide,
                       const ByteFile& file, const OpenOptions& options) {
    FileInfo info;
    info.format = format;
    if (options.sensor) {
        info.sensor = *options.sensor;
    } else {
        info.sensor = camera.sensor ? *camera.sensor : guess_davis_sensor(file, header.size_bytes);
        info.sensor_assumed = !camera.sensor;
    }
    info.size_bytes = file.size_bytes();
    info.data_begin = header.size_bytes;
    info.details = aedat_details(header);
    info.details["layout"] = camera.name;
    return {std::move(info), std::make_unique<Aedat2Decoder>(camera.layout, wide, options.side)};
}

void check_version(const AedatHeader& header, std::string_view expected) {
    if (header.version == expected) return;
    throw FormatError("its first line says " + (header.version.empty() ? "no version" : "version " + header.version) +
                      " of AEDAT; it was to be read as " + std::string(expected));
}

/// A file without a version may be of AEDAT 1.0; one that begins like something else that is known is not.
void check_headerless(const ByteFile& file) {
    const std::string content = describe_content(file.head(64));
    if (!content.starts_with("something unknown")) {
        throw FormatError("it is named like an AEDAT recording (.aedat) but holds " + content);
    }
}

OpenedFormat open_1(const ByteFile& file, const OpenOptions& options) {
    const AedatHeader header = read_aedat_header(file);
    if (header.version.empty() && header.size_bytes == 0) {
        check_headerless(file);
    } else if (!header.version.empty()) {
        check_version(header, "1.0");
    }
    const Camera dvs128 = to_camera(aedat_cameras().front());
    return open_with(aedat1_format.name, header, dvs128, /*wide=*/false, file, options);
}

OpenedFormat open_2(const ByteFile& file, const OpenOptions& options) {
    const AedatHeader header = read_aedat_header(file);
    check_version(header, "2.0");
    std::optional<Camera> camera = given_camera(options);
    if (!camera) camera = named_camera(header);
    if (!camera) camera = guess_camera(file, header.size_bytes);
    return open_with(aedat2_format.name, header, *camera, /*wide=*/true, file, options);
}

bool recognises_1(std::span<const std::byte> head) { return aedat_version(head) == "1.0"; }
bool recognises_2(std::span<const std::byte> head) { return aedat_version(head) == "2.0"; }

}  // namespace

const FileFormat aedat1_format{.name = "aedat1",
                               .description = "AEDAT 1.0 of jAER: 16-bit addresses of a DVS128",
                               .extensions = extensions,
                               .recognises = &recognises_1,
                               .open = &open_1};

const FileFormat aedat2_format{.name = "aedat2",
                               .description = "AEDAT 2.0 of jAER: 32-bit addresses of a DVS128 or a DAVIS",
                               .extensions = extensions,
                               .recognises = &recognises_2,
                               .open = &open_2,
                               .read_options = read_options};

}  // namespace aestream
