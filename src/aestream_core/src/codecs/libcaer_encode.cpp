#include <cstring>

#include "aestream_core/libcaer.hpp"
#include "aestream_core/multiversion.hpp"

namespace aestream {

namespace {

constexpr std::size_t record_bytes = 8;
constexpr std::uint32_t valid_bit = 1;
constexpr unsigned polarity_shift = 1;
constexpr unsigned y_shift = 2;
constexpr unsigned x_shift = 17;

}  // namespace

AESTREAM_MULTIVERSION std::size_t encode_libcaer(const Packet& packet, std::uint64_t base_us, std::byte* out) {
    const auto behind_us =
        static_cast<std::uint32_t>(packet.t0_us() - base_us);  // a sum of both fits, whatever each is
    for (const Event event : packet.events()) {
        const std::uint32_t place = std::uint32_t{event.y()} << y_shift | std::uint32_t{event.x} << x_shift;
        const std::uint64_t data = place | std::uint32_t{event.yp} >> 15U << polarity_shift | valid_bit;
        const std::uint64_t record = data | std::uint64_t{behind_us + event.t} << 32U;
        std::memcpy(out, &record, record_bytes);
        out += record_bytes;
    }
    return packet.size() * record_bytes;
}

}  // namespace aestream
