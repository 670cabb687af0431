#include <cstring>
#include <string>

#include "aestream_core/dat.hpp"
#include "aestream_core/errors.hpp"
#include "aestream_core/multiversion.hpp"
#include "coordinate_check.hpp"
#include "dat_records.hpp"

namespace aestream {

namespace {

using namespace dat;

constexpr std::size_t chunk_events = 64;

[[gnu::always_inline]] inline std::uint64_t to_record(const Event& event, std::uint64_t t0_us) {
    const std::uint64_t low_us = (t0_us + event.t) & low_time_mask;
    return low_us | std::uint64_t{event.x} << x_shift | std::uint64_t{event.y()} << y_shift |
           std::uint64_t{event.yp} >> 15U << polarity_shift;
}

/// Whether the times of a chunk lie close to the last one and in the same turn of the clock.
[[gnu::always_inline]] inline bool is_near(const Event* events, std::uint64_t t0_us, std::uint64_t last_us) {
    std::uint64_t far = 0;
    std::uint64_t turn = 0;
    for (std::size_t i = 0; i < chunk_events; ++i) {
        const std::uint64_t t_us = t0_us + events[i].t;
        far |= t_us - last_us + near_us;
        turn |= t_us ^ last_us;
    }
    return far >> near_bits == 0 && turn >> 32U == 0;
}

[[noreturn]] void refuse_step(std::uint64_t from_us, std::uint64_t to_us) {
    const bool ahead = to_us > from_us;
    throw InvalidArgument("time steps " + std::string(ahead ? "ahead" : "back") + " by " +
                          std::to_string(ahead ? to_us - from_us : from_us - to_us) +
                          " us; DAT holds steps of at most " + std::to_string(DatClock::range / 2) +
                          " us, and back over a wrap of its clock of " + std::to_string(DatClock::late) + " us");
}

void take_time(DatClock& clock, std::uint64_t t_us) {
    if (!clock.running()) clock.start_in_turn_of(t_us);
    if (!clock.reaches(t_us)) refuse_step(clock.value(), t_us);
    clock.take(t_us & low_time_mask);
}

void put_record(std::byte* out, std::uint64_t record) { std::memcpy(out, &record, dat_record_bytes); }

AESTREAM_MULTIVERSION void put_events(const Packet& packet, DatClock& clock, std::byte* out) {
    const std::uint64_t t0_us = packet.t0_us();
    const auto events = packet.events();
    for (std::size_t at = 0; at < events.size();) {
        const Event* const event = events.data() + at;
        std::byte* const to = out + at * dat_record_bytes;
        if (events.size() - at >= chunk_events && clock.running() && is_near(event, t0_us, clock.value())) {
            for (std::size_t i = 0; i < chunk_events; ++i)
                put_record(to + i * dat_record_bytes, to_record(event[i], t0_us));
            at += chunk_events;
            take_time(clock, t0_us + event[chunk_events - 1].t);
            continue;
        }
        take_time(clock, t0_us + event->t);
        put_record(to, to_record(*event, t0_us));
        ++at;
    }
}

}  // namespace

void encode_dat(const Packet& packet, DatEncodeState& state, std::byte* out) {
    check_coordinates(packet, dat_largest_coordinate, "DAT");
    DatClock clock = state.clock;
    put_events(packet, clock, out);
    state.clock = clock;
}

}  // namespace aestream
