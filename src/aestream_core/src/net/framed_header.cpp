#include <cstring>

#include "aestream_core/crc32c.hpp"
#include "aestream_core/framed_datagram.hpp"

namespace aestream {

namespace {

// "AE", then a SPIF word's x of 0x7fff with the flag "no timestamp": no event of any sensor.
constexpr std::uint32_t magic = 0xffff'4541U;
constexpr std::uint8_t end_flag = 1;

/// The header as it lies in a datagram.
struct Layout {
    std::uint32_t magic;
    std::uint8_t version;
    std::uint8_t flags;
    std::uint16_t count;
    std::uint32_t checksum;
    std::uint32_t session;
    std::uint32_t seq;
    std::uint16_t width;
    std::uint16_t height;
    std::uint64_t first_event;
    std::uint64_t t0_us;
};
static_assert(sizeof(Layout) == framed_header_bytes && offsetof(Layout, checksum) == 8);

/// Checksum of the bytes before and behind the place of the checksum.
std::uint32_t checksum_of(std::span<const std::byte> header, std::span<const std::byte> records) {
    constexpr std::size_t behind = offsetof(Layout, checksum) + sizeof(Layout::checksum);
    const std::uint32_t front = crc32c(header.first(offsetof(Layout, checksum)));
    return crc32c(records, crc32c(header.subspan(behind), front));
}

bool is_possible(const Layout& layout) {
    return layout.flags <= end_flag && layout.width >= 1 && layout.width <= max_sensor_side && layout.height >= 1 &&
           layout.height <= max_sensor_side && layout.t0_us < framed_latest_t0_us;
}

}  // namespace

bool is_framed(std::span<const std::byte> datagram) {
    return datagram.size() >= sizeof(magic) && std::memcmp(datagram.data(), &magic, sizeof(magic)) == 0;
}

FramedFault read_framed_header(std::span<const std::byte> datagram, FramedHeader& header) {
    if (!is_framed(datagram)) return FramedFault::foreign;
    if (datagram.size() < framed_header_bytes) return FramedFault::length;
    Layout layout;
    std::memcpy(&layout, datagram.data(), sizeof(layout));
    if (layout.version != framed_version) return FramedFault::version;
    if (datagram.size() != framed_header_bytes + layout.count * sizeof(Event)) return FramedFault::length;
    if (checksum_of(datagram.first(framed_header_bytes), framed_records(datagram)) != layout.checksum) {
        return FramedFault::checksum;
    }
    if (!is_possible(layout)) return FramedFault::values;
    header = {.end = layout.flags == end_flag,
              .count = layout.count,
              .session = layout.session,
              .seq = layout.seq,
              .sensor = {layout.width, layout.height},
              .first_event = layout.first_event,
              .t0_us = layout.t0_us};
    return FramedFault::none;
}

FramedHeaderBytes make_framed_header(const FramedHeader& header, std::span<const Event> records) {
    Layout layout{.magic = magic,
                  .version = framed_version,
                  .flags = header.end ? end_flag : std::uint8_t{0},
                  .count = static_cast<std::uint16_t>(records.size()),
                  .checksum = 0,
                  .session = header.session,
                  .seq = header.seq,
                  .width = header.sensor.width,
                  .height = header.sensor.height,
                  .first_event = header.first_event,
                  .t0_us = header.t0_us};
    FramedHeaderBytes bytes;
    std::memcpy(bytes.data(), &layout, sizeof(layout));
    layout.checksum = checksum_of(bytes, std::as_bytes(records));
    std::memcpy(bytes.data(), &layout, sizeof(layout));
    return bytes;
}

}  // namespace aestream
