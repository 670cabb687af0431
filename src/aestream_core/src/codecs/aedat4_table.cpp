#include "aedat4_layout.hpp"
#include "aedat4_packets.hpp"
#include "aestream_core/aedat4.hpp"
#include "flatbuffer.hpp"

namespace aestream {

namespace {

using namespace aedat4;

Aedat4TableEntry to_entry(const FlatTable& table) {
    const auto head = table.structure(packet_head, head_bytes);
    const auto payload_at = table.scalar<std::int64_t>(byte_offset, 0);
    if (head.empty() || payload_at < static_cast<std::int64_t>(head_bytes)) {
        throw BadFlatbuffer("an entry of the data table names no packet");
    }
    return {.at_byte = static_cast<std::uint64_t>(payload_at) - head_bytes,
            .stream_id = load<std::int32_t>(head.data()),
            .size_bytes = load<std::int32_t>(head.data() + sizeof(std::int32_t)),
            .elements = table.scalar<std::int64_t>(element_count, 0),
            .first_us = table.scalar<std::int64_t>(first_time_us, 0),
            .last_us = table.scalar<std::int64_t>(last_time_us, 0)};
}

}  // namespace

std::vector<Aedat4TableEntry> parse_aedat4_table(const Aedat4Header& header, std::span<const std::byte> bytes) {
    const auto decompressor = make_decompressor(header.compression, Decompressor::max_bytes);
    const FlatTable table = FlatTable::root(decompressor->decompress(bytes), "FTAB");
    constexpr std::size_t list = 0;
    const std::size_t count = table.table_count(list);
    std::vector<Aedat4TableEntry> entries;
    for (std::size_t i = 0; i < count; ++i) entries.push_back(to_entry(table.table(list, i)));
    return entries;
}

}  // namespace aestream
