// Lines of the usual look, read without looking at each byte in turn.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aestream_core/csv.hpp"
#include "csv_digits.hpp"

namespace aestream::csv {

/// How times are written in lines that are read quickly.
enum class QuickTime : std::uint8_t { us, ns, decimal_s };

inline constexpr std::size_t most_quick_marks = 20;

/// The bytes of a line that are no digits, and which of them end the fields that matter.
struct QuickPlan {
    bool possible = false;
    QuickTime time = QuickTime::us;
    std::size_t marks = 0;
    std::array<char, most_quick_marks> expected{};
    std::size_t t = 0, x = 0, y = 0, p = 0;  ///< for decimal_s, t is the mark of the point
};

/// Times often share all but their last eight digits.
struct LeadingDigits {
    std::uint64_t text = 0;
    std::uint64_t value = 0;
};

struct QuickEvent {
    std::uint64_t t_us;
    std::uint64_t xy;  ///< x in the low half, y in the high one
    std::uint64_t on;
};

/// A field between two marks; they say where the bytes behind them begin.
struct QuickField {
    const char* text;
    unsigned size;
};
inline QuickField field_at(const char* text, const std::uint16_t* marks, std::size_t index) {
    const std::uint16_t* const mark = marks + static_cast<std::ptrdiff_t>(index);
    return {text + mark[-1], static_cast<unsigned>(mark[0]) - 1U - mark[-1]};
}

/// A number of up to 16 digits; false where it has more or none.
inline bool quick_number(QuickField field, LeadingDigits& leading, std::uint64_t& number) {
    if (field.size - 1U < 8U) {
        number = eight(first_of_8(load_8(field.text), field.size));
        return true;
    }
    if (field.size - 1U >= 16U) return false;
    const std::uint64_t text = first_of_8(load_8(field.text), field.size - 8U);
    if (text != leading.text) [[unlikely]]
        leading = {text, eight(text) * 100'000'000U};
    number = leading.value + eight(load_8(field.text + field.size - 8U));
    return true;
}

/// Decimals of a second as µs, rounded half up.
inline std::uint64_t quick_decimals(QuickField field) {
    constexpr std::array<std::uint64_t, 6> scale{1'000'000, 100'000, 10'000, 1000, 100, 10};
    const std::uint64_t text = load_8(field.text);
    if (field.size >= 6U) {
        const std::uint64_t up = field.size > 6U && (text >> 48U & 0xffU) >= '5' ? 1 : 0;
        return eight(text << 16U) + up;
    }
    return field.size == 0 ? 0 : eight(first_of_8(text, field.size)) * scale[field.size];
}

template <QuickTime time>
bool quick_time(const char* text, const std::uint16_t* marks, const QuickPlan& plan, LeadingDigits& leading,
                std::uint64_t& t_us) {
    QuickField field = field_at(text, marks, plan.t);
    if constexpr (time == QuickTime::ns) {
        if (field.size < 4U || !quick_number({field.text, field.size - 3U}, leading, t_us)) return false;
        t_us += field.text[field.size - 3U] >= '5' ? 1U : 0U;
        return true;
    }
    if (!quick_number(field, leading, t_us)) return false;
    if constexpr (time == QuickTime::decimal_s) {
        if (field.size > 12U) return false;
        t_us = t_us * 1'000'000U + quick_decimals(field_at(text, marks, plan.t + 1));
    }
    return true;
}

/// Read one line, whose marks begin at `marks`; marks[-1] is where it begins. False where it is not as planned. Up to 8
/// bytes behind its end must be readable.
template <QuickTime time>
bool quick_line(const char* text, const std::uint16_t* marks, const QuickPlan& plan, LeadingDigits& leading,
                QuickEvent& event) {
    unsigned other = 0;
    for (std::size_t i = 0; i < plan.marks; ++i) {
        other |= static_cast<unsigned char>(text[marks[i] - 1] ^ plan.expected[i]);
    }
    const QuickField x = field_at(text, marks, plan.x);
    const QuickField y = field_at(text, marks, plan.y);
    const QuickField p = field_at(text, marks, plan.p);
    const unsigned polarity = static_cast<unsigned char>(*p.text) ^ unsigned { '0' };
    if (other != 0 || x.size - 1U > 3U || y.size - 1U > 3U || p.size != 1U || polarity > 1U) return false;
    const std::uint32_t x_text = load_4(x.text) << (32U - 8U * x.size);
    const std::uint32_t y_text = load_4(y.text) << (32U - 8U * y.size);
    event.xy = fours(std::uint64_t{y_text} << 32U | x_text);
    event.on = polarity;
    return quick_time<time>(text, marks, plan, leading, event.t_us);
}

/// What to expect of a file's lines; not possible for layouts that only the careful reader reads.
[[nodiscard]] QuickPlan make_plan(const CsvLayout& layout);

}  // namespace aestream::csv
