#include <cstring>
#include <string>

#include "aestream_core/errors.hpp"
#include "aestream_core/es.hpp"
#include "aestream_core/multiversion.hpp"

namespace aestream {

namespace {

constexpr std::size_t record_bytes = 5;
constexpr std::size_t slack_bytes = 8;  // stored beyond the last record, and not counted
constexpr std::uint64_t overflow_us = 127;
constexpr std::byte overflow{0xff};

[[noreturn]] void refuse_event(const Event& event, Sensor sensor) {
    throw InvalidArgument("an event lies at x=" + std::to_string(event.x) + " y=" + std::to_string(event.y()) +
                          "; the file's sensor has " + std::to_string(sensor.width) + "x" +
                          std::to_string(sensor.height) + " pixels");
}

[[noreturn]] void refuse_step_back(std::uint64_t from_us, std::uint64_t to_us) {
    throw InvalidArgument("time steps back from " + std::to_string(from_us) + " to " + std::to_string(to_us) +
                          " us; Event Stream holds ascending times only: sort the events by time first");
}

[[noreturn]] void refuse_gap(std::uint64_t gap_us) {
    throw InvalidArgument("a gap of " + std::to_string(gap_us) + " us lies between two events; Event Stream spends a " +
                          "byte on every 127 us, and gaps of up to " + std::to_string(es_longest_gap_us) +
                          " us are written");
}

std::int64_t load(const Event& event) {
    std::int64_t word = 0;
    std::memcpy(&word, &event, sizeof(word));
    return word;
}

/// Whether an event lies outside the sensor, or times do not ascend within the longest gap. Each condition is the sign
/// of a difference, so that the loop is a few operations on many events at a time.
AESTREAM_MULTIVERSION bool cannot_be_written(const Event* events, std::size_t count, Sensor sensor) {
    const std::int64_t last_column = sensor.width - std::int64_t{1};
    const std::int64_t last_row = sensor.height - std::int64_t{1};
    constexpr auto longest_us = static_cast<std::int64_t>(es_longest_gap_us);
    std::int64_t signs = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t word = load(events[i]);
        const std::int64_t step_us = (word & UINT32_MAX) - (load(events[i == 0 ? 0 : i - 1]) & UINT32_MAX);
        signs |= (last_column - (word >> 32 & 0xffff)) | (last_row - (word >> 48 & 0x7fff)) | step_us |
                 (longest_us - step_us);
    }
    return signs < 0;
}

/// Say which event cannot be written.
void refuse(const Packet& packet, Sensor sensor) {
    const auto events = packet.events();
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (!sensor.contains(events[i].x, events[i].y())) refuse_event(events[i], sensor);
        if (i == 0) continue;
        if (events[i].t < events[i - 1].t) refuse_step_back(packet.time_us(i - 1), packet.time_us(i));
        if (events[i].t - events[i - 1].t > es_longest_gap_us) refuse_gap(events[i].t - events[i - 1].t);
    }
}

void check(const Packet& packet, Sensor sensor, std::uint64_t previous_us) {
    if (packet.first_us() < previous_us) refuse_step_back(previous_us, packet.first_us());
    if (packet.first_us() - previous_us > es_longest_gap_us) refuse_gap(packet.first_us() - previous_us);
    if (cannot_be_written(packet.events().data(), packet.size(), sensor)) refuse(packet, sensor);
}

}  // namespace

void put_es_header(Sensor sensor, ByteSink& out) {
    const auto byte = [](unsigned value) { return static_cast<std::byte>(value & 0xffU); };
    const std::array header{byte(2),
                            byte(0),
                            byte(0),
                            byte(static_cast<unsigned>(EsKind::dvs)),
                            byte(sensor.width),
                            byte(sensor.width >> 8U),
                            byte(sensor.height),
                            byte(sensor.height >> 8U)};
    out.append("Event Stream");
    out.append(header);
}

void encode_es(EsEncodeState& state, const Packet& packet, Sensor sensor, ByteSink& out) {
    if (packet.empty()) return;
    check(packet, sensor, state.t_us);
    // Times ascend, so all overflow bytes together are at most the span divided by what each stands for.
    const std::uint64_t most_overflows = (packet.last_us() - state.t_us) / overflow_us;
    std::byte* at = out.reserve(packet.size() * record_bytes + most_overflows + slack_bytes);
    const std::uint64_t last_row = sensor.height - std::uint64_t{1};
    const std::uint64_t t0_us = packet.t0_us();
    std::uint64_t now_us = state.t_us;
    for (const Event& event : packet.events()) {
        std::uint64_t step_us = t0_us + event.t - now_us;
        now_us += step_us;
        if (step_us >= overflow_us) [[unlikely]] {
            const std::uint64_t count = step_us / overflow_us;
            std::memset(at, std::to_integer<int>(overflow), count);
            at += count;
            step_us -= count * overflow_us;
        }
        const std::uint64_t record =
            step_us << 1U | std::uint64_t{event.on()} | std::uint64_t{event.x} << 8U | (last_row - event.y()) << 24U;
        std::memcpy(at, &record, sizeof(record));
        at += record_bytes;
    }
    out.advance_to(at);
    state.t_us = now_us;
}

}  // namespace aestream
