// Sizes and places of AEDAT4's binary parts. The layout: docs.inivation.com, "AEDAT 4.0".
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace aestream::aedat4 {

inline constexpr std::size_t head_bytes = 8;    // int32 stream id, int32 size of the payload
inline constexpr std::size_t event_bytes = 16;  // int64 time µs, int16 x, int16 y, bool polarity, 3 bytes of padding

template <typename T>
[[nodiscard]] T load(const std::byte* bytes) {
    T value{};
    std::memcpy(&value, bytes, sizeof(T));
    return value;
}

template <typename T>
void store(std::byte* bytes, T value) {
    std::memcpy(bytes, &value, sizeof(T));
}

/// Fields of one entry of the data table, a flatbuffer of type FTAB.
enum TableField : std::size_t { byte_offset, packet_head, element_count, first_time_us, last_time_us };

}  // namespace aestream::aedat4
