#include "coordinate_check.hpp"

#include <cstring>
#include <string>

#include "aestream_core/errors.hpp"
#include "aestream_core/multiversion.hpp"
#include "vector_events.hpp"

namespace aestream {

namespace {

/// Every bit that some coordinate of the events has.
AESTREAM_MULTIVERSION std::uint64_t coordinate_bits(const Event* events, std::size_t count) {
    std::uint64_t records = 0;
    for (std::size_t i = 0; i < count; ++i) {
        std::uint64_t record = 0;
        std::memcpy(&record, events + i, sizeof(record));
        records |= record;
    }
    return (records >> event_x_shift & 0xffffU) | (records >> event_y_shift & max_sensor_side);
}

}  // namespace

void check_coordinates(const Packet& packet, std::uint32_t largest, std::string_view format) {
    if (coordinate_bits(packet.events().data(), packet.size()) <= largest) return;
    for (const Event& event : packet.events()) {
        if (event.x <= largest && event.y() <= largest) continue;
        throw InvalidArgument("an event lies at x=" + std::to_string(event.x) + " y=" + std::to_string(event.y()) +
                              "; " + std::string(format) + " holds coordinates of 0 to " + std::to_string(largest));
    }
}

}  // namespace aestream
