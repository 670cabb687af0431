#include "filters/pixel_times.hpp"

#include "aestream_core/multiversion.hpp"

namespace aestream::filters {

namespace {

AESTREAM_MULTIVERSION
Offsets extremes(const Event* events, std::size_t count) {
    Offsets found{UINT32_MAX, 0};
    for (std::size_t i = 0; i < count; ++i) {
        found.earliest = std::min(found.earliest, events[i].t);
        found.latest = std::max(found.latest, events[i].t);
    }
    return found;
}

}  // namespace

Offsets offsets_of(const Packet& packet) { return extremes(packet.events().data(), packet.size()); }

}  // namespace aestream::filters
