// Lines of the usual look, read without looking at each byte in turn.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "aestream_core/csv.hpp"
#include "csv_digits.hpp"
#include "csv_marks.hpp"

namespace aestream::csv {

/// How times are written in lines that are read quickly.
enum class QuickTime : std::uint8_t { us, ns, decimal_s, decimal_ms };

/// A line that is read quickly has no more bytes that are no digits.
inline constexpr std::size_t most_marks = 8;

/// Bytes from a line's begin on that must be readable.
inline constexpr std::size_t quick_reach_bytes = marked_bytes + 8;

/// The bytes of a line that are no digits, and which of them end the fields that matter.
struct QuickPlan {
    bool possible = false;
    bool usual = false;  ///< t, x, y, p, LF, in µs
    bool crlf = false;   ///< whether nothing may lie between the last two marks
    QuickTime time = QuickTime::us;
    std::size_t marks = 0;
    std::array<char, most_marks> expected{};
    std::size_t t = 0, x = 0, y = 0, p = 0;  ///< for times with a point, t is its mark
};

/// What to expect of a file's lines; not possible for layouts that only the careful reader reads.
[[nodiscard]] QuickPlan make_plan(const CsvLayout& layout);

/// Times often share all but their last eight digits.
struct LeadingDigits {
    std::uint64_t text = 0;
    std::uint64_t value = 0;
};

struct QuickEvent {
    std::uint64_t t_us = 0;
    std::uint64_t xy = 0;  ///< x in the low half, y in the high one
    std::uint32_t on = 0;
};

struct QuickField {
    const char* text;
    unsigned size;
};

/// A number of 1 to 16 digits.
[[gnu::always_inline]] inline std::uint64_t quick_number(QuickField field, LeadingDigits& leading) {
    if (field.size <= 8U) return eight(first_of_8(load_8(field.text), field.size));
    const std::uint64_t text = first_of_8(load_8(field.text), field.size - 8U);
    if (text != leading.text) [[unlikely]]
        leading = {text, eight(text) * 100'000'000U};
    return leading.value + eight(load_8(field.text + field.size - 8U));
}

/// Decimals as µs, of which there are `kept` in the unit of time; rounded half up.
template <unsigned kept>
[[gnu::always_inline]] inline std::uint64_t quick_decimals(QuickField field) {
    constexpr std::array<std::uint64_t, 7> powers{1, 10, 100, 1000, 10'000, 100'000, 1'000'000};
    const std::uint64_t text = load_8(field.text);
    if (field.size >= kept) {
        const std::uint64_t up = field.size > kept && (text >> (8 * kept) & 0xffU) >= '5' ? 1 : 0;
        return eight(first_of_8(text, kept)) + up;
    }
    return field.size == 0 ? 0 : eight(first_of_8(text, field.size)) * powers[kept - field.size];
}

/// Read a line "t,x,y,p" whose bytes that are no digits are at `bits`. Returns its size, 0 where it is another one.
[[gnu::always_inline]] inline std::size_t quick_usual(const char* line, std::uint32_t bits, char separator,
                                                      LeadingDigits& leading, QuickEvent& event) {
    const auto next = [&]() __attribute__((always_inline)) {
        // The highest bit keeps this defined for lines that end too late, which are refused below.
        const auto at = static_cast<unsigned>(std::countr_zero(bits | 0x8000'0000U));
        bits &= bits - 1;
        return at;
    };
    const unsigned t_end = next();
    const unsigned x_end = next();
    const unsigned y_end = next();
    const std::uint64_t x_text = load_8(line + t_end);
    const std::uint64_t y_text = load_8(line + x_end);
    const std::uint32_t p_text = load_4(line + y_end);
    const std::uint32_t mark = static_cast<unsigned char>(separator);
    const std::uint32_t wrong_marks = static_cast<std::uint32_t>((x_text ^ mark) | (y_text ^ mark)) & 0xffU;
    // But for the bit that tells '1' from '0'.
    const bool unsigned_end = (p_text & 0xfffeffU) == (mark | std::uint32_t{'0'} << 8U | std::uint32_t{'\n'} << 16U);
    const bool minus_one =
        p_text == (mark | std::uint32_t{'-'} << 8U | std::uint32_t{'1'} << 16U | std::uint32_t{'\n'} << 24U);
    if (!unsigned_end && !minus_one) return 0;
    const unsigned x_less = x_end - t_end - 2U;
    const unsigned y_less = y_end - x_end - 2U;
    if (wrong_marks != 0 || x_less > 3U || y_less > 3U || t_end - 1U > 15U) return 0;
    const std::uint32_t x_digits = static_cast<std::uint32_t>(x_text >> 8U) << (24U - 8U * x_less);
    const std::uint32_t y_digits = static_cast<std::uint32_t>(y_text >> 8U) << (24U - 8U * y_less);
    event.xy = fours(std::uint64_t{y_digits} << 32U | x_digits);
    // The lowest bit of '1' is set; that of '-' as well.
    event.on = minus_one ? 0U : p_text >> 8U & 1U;
    event.t_us = quick_number({line, t_end}, leading);
    return y_end + (minus_one ? 4U : 3U);
}

template <QuickTime time>
[[gnu::always_inline]] inline bool quick_time(QuickField field, QuickField decimals, LeadingDigits& leading,
                                              std::uint64_t& t_us) {
    constexpr unsigned dropped = time == QuickTime::ns ? 3 : 0;
    constexpr bool has_point = time == QuickTime::decimal_s || time == QuickTime::decimal_ms;
    constexpr unsigned longest = has_point ? 12 : 16;
    if (field.size - dropped - 1U >= longest) return false;
    t_us = quick_number({field.text, field.size - dropped}, leading);
    if constexpr (time == QuickTime::ns) t_us += field.text[field.size - dropped] >= '5' ? 1U : 0U;
    if constexpr (time == QuickTime::decimal_s) t_us = t_us * 1'000'000U + quick_decimals<6>(decimals);
    if constexpr (time == QuickTime::decimal_ms) t_us = t_us * 1000U + quick_decimals<3>(decimals);
    return true;
}

/// Read a line as planned whose bytes that are no digits are at `bits`. Returns its size, 0 where it is another one.
template <QuickTime time>
[[gnu::always_inline]] inline std::size_t quick_planned(const char* line, std::uint32_t bits, const QuickPlan& plan,
                                                        LeadingDigits& leading, QuickEvent& event) {
    constexpr bool has_point = time == QuickTime::decimal_s || time == QuickTime::decimal_ms;
    if (static_cast<std::size_t>(std::popcount(bits)) < plan.marks) return 0;
    std::array<unsigned, most_marks + 1> begins;  // of the fields
    begins[0] = 0;
    unsigned other = 0;
    for (std::size_t i = 0; i < plan.marks; ++i) {
        const auto at = static_cast<unsigned>(std::countr_zero(bits));
        bits &= bits - 1;
        other |= static_cast<unsigned char>(line[at] ^ plan.expected[i]);
        begins[i + 1] = at + 1;
    }
    const auto field = [&](std::size_t index) __attribute__((always_inline)) {
        return QuickField{line + begins[index], begins[index + 1] - begins[index] - 1U};
    };
    if (plan.crlf && begins[plan.marks] - begins[plan.marks - 1] != 1U) return 0;
    const QuickField x = field(plan.x);
    const QuickField y = field(plan.y);
    const QuickField p = field(plan.p);
    const unsigned polarity = static_cast<unsigned char>(*p.text) ^ unsigned { '0' };
    if (other != 0 || x.size - 1U > 3U || y.size - 1U > 3U || p.size != 1U || polarity > 1U) return 0;
    event.xy =
        fours(std::uint64_t{load_4(y.text) << (32U - 8U * y.size)} << 32U | load_4(x.text) << (32U - 8U * x.size));
    event.on = polarity;
    const QuickField decimals = has_point ? field(plan.t + 1) : QuickField{line, 0};
    return quick_time<time>(field(plan.t), decimals, leading, event.t_us) ? begins[plan.marks] : 0;
}

}  // namespace aestream::csv
