#include <cstring>

#include "aestream_core/libcaer.hpp"
#include "aestream_core/multiversion.hpp"

namespace aestream {

AESTREAM_MULTIVERSION std::size_t encode_mono(const Packet& packet, std::uint64_t base_us, std::byte* out) {
    constexpr std::size_t record_bytes = 8;
    const auto behind_us = static_cast<std::uint32_t>(packet.t0_us() - base_us);
    for (const Event event : packet.events()) {
        const std::uint32_t time_ns = (behind_us + event.t) * 1000U;
        const std::uint32_t place = std::uint32_t{event.x} | std::uint32_t{event.yp} << 16U;
        const std::uint64_t record = time_ns | std::uint64_t{place} << 32U;
        std::memcpy(out, &record, record_bytes);
        out += record_bytes;
    }
    return packet.size() * record_bytes;
}

}  // namespace aestream
