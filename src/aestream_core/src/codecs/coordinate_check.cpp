#include "coordinate_check.hpp"

#include <string>

#include "aestream_core/errors.hpp"

namespace aestream {

void check_coordinates(const Packet& packet, std::uint32_t largest, std::string_view format) {
    std::uint32_t all_bits = 0;
    for (const Event& event : packet.events()) all_bits |= event.x | std::uint32_t{event.y()};
    if (all_bits <= largest) return;
    for (const Event& event : packet.events()) {
        if (event.x <= largest && event.y() <= largest) continue;
        throw InvalidArgument("an event lies at x=" + std::to_string(event.x) + " y=" + std::to_string(event.y()) +
                              "; " + std::string(format) + " holds coordinates of 0 to " + std::to_string(largest));
    }
}

}  // namespace aestream
