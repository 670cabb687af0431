#include "groups.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace aestream::kernels {

namespace {

float value(CountMode mode, std::uint8_t byte, std::uint8_t on) {
    if (mode == CountMode::binary) return static_cast<float>(byte != 0);
    return mode == CountMode::is_signed ? static_cast<float>(int{on} - int{byte}) : static_cast<float>(byte);
}

/// How groups are looked at and written: `mark` says of `count` groups whether any byte is not zero, `turn` writes the
/// values of a frame from the groups that begin at `places`, `turn_every` from all, and both clear their bytes.
struct Ways {
    void (*mark)(const std::uint8_t* bytes, std::size_t count, std::uint8_t* marks);
    void (*turn)(Turning of, std::span<const std::uint32_t> places);
    void (*turn_every)(Turning of, std::size_t count);
};

void mark_plain(const std::uint8_t* bytes, std::size_t count, std::uint8_t* marks) {
    for (std::size_t g = 0; g < count; ++g) {
        std::array<std::uint64_t, group_cells / 8> words;
        std::memcpy(words.data(), bytes + g * group_cells, group_cells);
        std::uint64_t any = 0;
        for (const std::uint64_t word : words) any |= word;
        marks[g] = std::uint8_t{any != 0};
    }
}

template <CountMode mode>
void turn_group_plain(Turning of, std::size_t at) {
    for (std::size_t i = at; i < at + group_cells; ++i) of.frame[i] = value(mode, of.bytes[i], of.on[i]);
    std::memset(of.bytes + at, 0, group_cells);
    if (mode == CountMode::is_signed) std::memset(of.on + at, 0, group_cells);
}

template <CountMode mode>
void turn_plain(Turning of, std::span<const std::uint32_t> places) {
    for (const std::size_t at : places) turn_group_plain<mode>(of, at);
}

template <CountMode mode>
void turn_every_plain(Turning of, std::size_t count) {
    for (std::size_t g = 0; g < count; ++g) turn_group_plain<mode>(of, g * group_cells);
}

#if defined(__x86_64__)

// Eight values at a time; compilers do not find it.

[[gnu::target("avx2")]] void mark_avx2(const std::uint8_t* bytes, std::size_t count, std::uint8_t* marks) {
    for (std::size_t g = 0; g < count; ++g) {
        const auto* halves = reinterpret_cast<const __m256i*>(bytes + g * group_cells);
        const __m256i any = _mm256_or_si256(_mm256_loadu_si256(halves), _mm256_loadu_si256(halves + 1));
        marks[g] = static_cast<std::uint8_t>(_mm256_testz_si256(any, any) == 0);
    }
}

[[gnu::target("avx2")]] inline __m256i eight(const std::uint8_t* bytes) {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes)));
}

template <CountMode mode>
[[gnu::target("avx2")]] inline void turn_group_avx2(std::uint8_t* bytes, std::uint8_t* on, float* frame) {
    for (std::size_t i = 0; i < group_cells; i += 8) {
        __m256i counts = eight(bytes + i);
        if (mode == CountMode::binary) counts = _mm256_min_epi32(counts, _mm256_set1_epi32(1));
        if (mode == CountMode::is_signed) counts = _mm256_sub_epi32(eight(on + i), counts);
        _mm256_storeu_ps(frame + i, _mm256_cvtepi32_ps(counts));
    }
    std::memset(bytes, 0, group_cells);
    if (mode == CountMode::is_signed) std::memset(on, 0, group_cells);
}

template <CountMode mode>
[[gnu::target("avx2")]] void turn_avx2(Turning of, std::span<const std::uint32_t> places) {
    for (const std::size_t at : places) turn_group_avx2<mode>(of.bytes + at, of.on + at, of.frame.data() + at);
}

template <CountMode mode>
[[gnu::target("avx2")]] void turn_every_avx2(Turning of, std::size_t whole) {
    for (std::size_t at = 0; at < whole * group_cells; at += group_cells) {
        turn_group_avx2<mode>(of.bytes + at, of.on + at, of.frame.data() + at);
    }
}

#endif

template <CountMode mode>
Ways fastest() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) return {mark_avx2, turn_avx2<mode>, turn_every_avx2<mode>};
#endif
    return {mark_plain, turn_plain<mode>, turn_every_plain<mode>};
}

constexpr std::size_t at_a_time = 256;  // groups: their bytes still lie in the nearest cache when they are written
using Places = std::array<std::uint32_t, at_a_time>;

/// Say whether most groups are not all zeros, as far as 64 of them tell.
bool most(Turning of, const Ways& ways, std::size_t whole) {
    const std::size_t step = std::max<std::size_t>(whole / 64, 1);
    std::size_t looked_at = 0;
    std::size_t found = 0;
    for (std::size_t g = 0; g < whole; g += step) {
        std::uint8_t any = 0;
        ways.mark(of.bytes + g * group_cells, 1, &any);
        found += any;
        ++looked_at;
    }
    return 2 * found > looked_at;
}

// Groups are chosen without branches, which would often be missed, then written.
void turn_chosen(Turning of, const Ways& ways, std::size_t whole, bool both) {
    Places places;
    std::array<std::uint8_t, at_a_time> any;
    std::array<std::uint8_t, at_a_time> any_on{};
    for (std::size_t first = 0; first < whole; first += at_a_time) {
        const std::size_t count = std::min(at_a_time, whole - first);
        ways.mark(of.bytes + first * group_cells, count, any.data());
        if (both) ways.mark(of.on + first * group_cells, count, any_on.data());
        std::size_t size = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const auto now = static_cast<std::uint8_t>(any[i] | any_on[i]);
            places[size] = static_cast<std::uint32_t>((first + i) * group_cells);
            size += static_cast<std::size_t>(now | std::exchange(of.touched[first + i], now));
        }
        ways.turn(of, std::span{places}.first(size));
    }
}

template <CountMode mode>
void turn(Turning of) {
    static const Ways ways = fastest<mode>();
    const std::size_t whole = of.frame.size() / group_cells;
    if (of.all || most(of, ways, whole)) {
        ways.turn_every(of, whole);
        std::fill_n(of.touched, whole, std::uint8_t{1});
    } else {
        turn_chosen(of, ways, whole, mode == CountMode::is_signed);
    }
    for (std::size_t i = whole * group_cells; i < of.frame.size(); ++i) {
        of.frame[i] = value(mode, of.bytes[i], of.on[i]);
        of.bytes[i] = 0;
        if (mode == CountMode::is_signed) of.on[i] = 0;
        of.touched[i / group_cells] = 1;
    }
}

}  // namespace

void turn_groups(CountMode mode, Turning of) {
    if (mode == CountMode::polarity) return turn<CountMode::polarity>(of);
    if (mode == CountMode::binary) return turn<CountMode::binary>(of);
    turn<CountMode::is_signed>(of);
}

void clear_groups(std::span<const std::uint8_t> touched, std::span<float> frame) {
    for (std::size_t g = 0; g < touched.size(); ++g) {
        if (touched[g] == 0) continue;
        const auto rest = frame.subspan(g * group_cells);
        std::ranges::fill(rest.first(std::min(rest.size(), group_cells)), 0.0F);
    }
}

}  // namespace aestream::kernels
