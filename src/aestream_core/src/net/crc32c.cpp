#include "aestream_core/crc32c.hpp"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

namespace aestream {

namespace {

constexpr std::uint32_t polynomial = 0x82f63b78U;  // reflected

constexpr std::array<std::uint32_t, 256> make_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) value = (value >> 1U) ^ ((value & 1U) != 0 ? polynomial : 0U);
        table[i] = value;
    }
    return table;
}

constexpr auto table = make_table();

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::span<const std::byte> bytes, std::uint32_t crc) {
    std::uint64_t wide = crc;
    const std::byte* at = bytes.data();
    const std::byte* const end = at + bytes.size();
    for (; end - at >= 8; at += 8) {
        std::uint64_t word;
        std::memcpy(&word, at, sizeof(word));
        wide = _mm_crc32_u64(wide, word);
    }
    crc = static_cast<std::uint32_t>(wide);
    for (; at != end; ++at) crc = _mm_crc32_u8(crc, std::to_integer<std::uint8_t>(*at));
    return crc;
}
bool has_instruction() { return __builtin_cpu_supports("sse4.2") != 0; }
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
std::uint32_t by_instruction(std::span<const std::byte> bytes, std::uint32_t crc) {
    const std::byte* at = bytes.data();
    const std::byte* const end = at + bytes.size();
    for (; end - at >= 8; at += 8) {
        std::uint64_t word;
        std::memcpy(&word, at, sizeof(word));
        crc = __crc32cd(crc, word);
    }
    for (; at != end; ++at) crc = __crc32cb(crc, std::to_integer<std::uint8_t>(*at));
    return crc;
}
constexpr bool has_instruction() { return true; }
#else
std::uint32_t by_instruction(std::span<const std::byte>, std::uint32_t crc) { return crc; }
constexpr bool has_instruction() { return false; }
#endif

}  // namespace

std::uint32_t crc32c_by_table(std::span<const std::byte> bytes, std::uint32_t before) {
    std::uint32_t crc = ~before;
    for (const std::byte byte : bytes) {
        crc = (crc >> 8U) ^ table[(crc ^ std::to_integer<std::uint32_t>(byte)) & 0xffU];
    }
    return ~crc;
}

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before) {
    static const bool quick = has_instruction();
    return quick ? ~by_instruction(bytes, ~before) : crc32c_by_table(bytes, before);
}

}  // namespace aestream
