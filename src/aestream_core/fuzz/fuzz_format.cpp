// Fuzzes one row of the format table, which --format=NAME chooses: the input is a whole file.
// --option=NAME=VALUE sets an option of the format.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "aestream_core/files.hpp"
#include "files/byte_file.hpp"
#include "harness.hpp"
#include "reading.hpp"
#include "round_trip.hpp"

namespace aestream::fuzz {

namespace {

const FileFormat* chosen = nullptr;
FormatOptions chosen_options;

constexpr std::size_t most_round_trip_events = 1U << 14U;

std::vector<std::string> format_names() {
    std::vector<std::string> names;
    for (const FileFormat& format : file_formats()) names.emplace_back(format.name);
    return names;
}

OpenOptions drawn_options(Chooser& choose) {
    OpenOptions options;
    options.values = chosen_options;
    if (choose.one_in(16)) options.sensor = Sensor{640, 480};
    if (choose.one_in(64)) options.sensor = Sensor{1, 1};
    return options;
}

/// With skip_errors a reading ends quietly, behind at least the events that come without.
void check_skipping(const Recording& recording, const Outcome& whole) {
    OpenOptions options = recording.options;
    options.skip_errors = true;
    const Outcome skipping = read_streamed(recording, options, whole.events.count());
    require(!skipping.fault_byte, "skip_errors raises nothing");
    require(skipping.events.count() >= whole.events.count(), "skip_errors gives every event before the fault");
    require(skipping.events.remembered_hash() == whole.events.hash(), "skip_errors changes nothing before the fault");
    if (!whole.fault_byte) require_equal(whole.events, skipping.events, "undamaged files with and without skip_errors");
}

void check_threads(const Recording& recording, const Outcome& whole) {
    OpenOptions options = recording.options;
    options.threads = 3;
    require_equal(whole, read_streamed(recording, options), "one thread and several");
}

void check_seek(const Recording& recording, const Outcome& whole, const std::vector<Packet>& packets, Chooser& choose) {
    if (packets.empty() || whole.fault_byte || !whole.events.ascending()) return;
    const Packet& packet = packets[choose.below(packets.size())];
    const std::uint64_t start_us = packet.time_us(choose.below(packet.size())) + choose.below(2);
    Tally expected;
    for (const Packet& each : packets) expected.take(each, 0, start_us);
    require_equal(expected, read_from(recording, start_us), "a sought reading and a whole one");
}

void check_recording(std::span<const std::byte> bytes) {
    Chooser choose(bytes);
    const Recording recording{*chosen, bytes, drawn_options(choose)};
    (void)chosen->recognises(bytes);
    const auto opened = recording.try_open();
    if (!opened) return;
    const Sensor sensor = opened->info.sensor;
    require(
        sensor.width >= 1 && sensor.width <= max_sensor_side && sensor.height >= 1 && sensor.height <= max_sensor_side,
        "the sensor has a size");
    require(opened->info.data_begin <= bytes.size(), "the header ends inside the file");

    std::vector<Packet> packets;
    const Outcome whole = read_streamed(recording, recording.options, UINT64_MAX, &packets, most_round_trip_events);
    require_equal(whole, read_in_pieces(recording, choose), "the file in one piece and in many");
    if (whole.fault_byte || choose.one_in(8)) check_skipping(recording, whole);
    if (choose.one_in(32)) check_threads(recording, whole);
    const bool all_kept = whole.events.count() <= most_round_trip_events;
    if (all_kept && choose.one_in(4)) check_seek(recording, whole, packets, choose);
    if (chosen->frame != nullptr && choose.one_in(4)) check_raw(recording, choose);
    if (all_kept && chosen->make_encoder != nullptr) check_round_trip(*chosen, sensor, packets);
}

}  // namespace

}  // namespace aestream::fuzz

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
    using namespace aestream::fuzz;
    const std::string name = chosen_name(*argc, *argv, "format", format_names());
    chosen = &*std::ranges::find(aestream::file_formats(), name, &aestream::FileFormat::name);
    for (const std::string& option : flags(*argc, *argv, "option")) {
        const std::size_t equals = std::min(option.find('='), option.size());
        chosen_options.emplace(option.substr(0, equals), option.substr(std::min(equals + 1, option.size())));
    }
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    aestream::fuzz::check_recording(std::as_bytes(std::span(data, size)));
    return 0;
}
