#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <memory>

#include "aestream_core/csv.hpp"

namespace aestream {

namespace {

constexpr std::uint64_t second_us = 1'000'000;
constexpr std::size_t sides = std::size_t{1} << 16U;

/// The text of each coordinate, padded to 8 bytes; the last one says how many of them are text.
using CoordinateTexts = std::array<std::uint64_t, sides>;

/// The text of each number below 1000, with leading zeros, padded to 4 bytes.
using ThreeDigits = std::array<std::uint32_t, 1000>;

const CoordinateTexts& coordinate_texts() {
    static const std::unique_ptr<CoordinateTexts> texts = [] {
        auto table = std::make_unique<CoordinateTexts>();
        for (std::size_t side = 0; side < sides; ++side) {
            std::array<char, 8> text{};
            const char* const end = std::to_chars(text.data(), text.data() + text.size(), side).ptr;
            text.back() = static_cast<char>(end - text.data());
            std::memcpy(&(*table)[side], text.data(), text.size());
        }
        return table;
    }();
    return *texts;
}

constexpr ThreeDigits three_digits = [] {
    ThreeDigits table{};
    for (std::uint32_t number = 0; number < 1000; ++number) {
        const std::uint32_t digits = number / 100 | number / 10 % 10 << 8U | number % 10 << 16U;
        table[number] = digits | 0x303030U;
    }
    return table;
}();

template <typename T>
void store(char* out, T bytes) {
    std::memcpy(out, &bytes, sizeof(bytes));
}

/// Times as text: what is above a second is kept from event to event.
class TimeText {
public:
    TimeText(CsvTimeUnit unit, std::uint64_t first_us) : unit_(unit) { start_second(first_us); }

    char* put(char* out, std::uint64_t t_us) {
        if (t_us - second_at_us_ >= second_us) [[unlikely]]
            start_second(t_us);
        const auto rest = static_cast<std::uint32_t>(t_us - second_at_us_);
        if (leading_zeros_) [[unlikely]]
            return put_short(out, rest);
        std::memcpy(out, seconds_.data(), seconds_.size());
        out += seconds_bytes_;
        store(out, three_digits[rest / 1000]);
        out += 3;
        if (unit_ == CsvTimeUnit::ms) *out++ = '.';
        store(out, three_digits[rest % 1000]);
        out += 3;
        if (unit_ != CsvTimeUnit::ns) return out;
        store(out, std::uint32_t{0x303030U});
        return out + 3;
    }

private:
    void start_second(std::uint64_t t_us) {
        const std::uint64_t seconds = t_us / second_us;
        second_at_us_ = seconds * second_us;
        leading_zeros_ = seconds == 0 && unit_ != CsvTimeUnit::s;
        char* end = std::to_chars(seconds_.data(), seconds_.data() + seconds_.size(), seconds).ptr;
        if (unit_ == CsvTimeUnit::s) *end++ = '.';
        seconds_bytes_ = static_cast<std::size_t>(end - seconds_.data());
    }

    /// Within the first second no unit but the second has digits before these.
    [[nodiscard]] char* put_short(char* out, std::uint32_t rest) const {
        if (unit_ == CsvTimeUnit::ms) {
            out = std::to_chars(out, out + 8, rest / 1000).ptr;
            *out++ = '.';
            store(out, three_digits[rest % 1000]);
            return out + 3;
        }
        const std::uint64_t scale = unit_ == CsvTimeUnit::ns ? 1000 : 1;
        return std::to_chars(out, out + 16, rest * scale).ptr;
    }

    CsvTimeUnit unit_;
    bool leading_zeros_ = false;
    std::uint64_t second_at_us_ = 0;
    std::array<char, 16> seconds_{};
    std::size_t seconds_bytes_ = 0;
};

char* put_coordinate(char* out, const CoordinateTexts& texts, std::size_t side) {
    const std::uint64_t text = texts[side];
    store(out, text);
    return out + (text >> 56U);
}

char* put_polarity(char* out, const Event& event) {
    *out = event.on() ? '1' : '0';
    return out + 1;
}

/// The order that nearly every file has.
char* put_usual(const CsvStyle& style, const Packet& packet, char* out) {
    const CoordinateTexts& texts = coordinate_texts();
    TimeText time(style.time_unit, packet.first_us());
    const std::uint64_t t0_us = packet.t0_us();
    const char separator = style.separator;
    for (const Event& event : packet.events()) {
        out = time.put(out, t0_us + event.t);
        *out++ = separator;
        out = put_coordinate(out, texts, event.x);
        *out++ = separator;
        out = put_coordinate(out, texts, event.y());
        *out++ = separator;
        out = put_polarity(out, event);
        *out++ = '\n';
    }
    return out;
}

char* put_any(const CsvStyle& style, const Packet& packet, char* out) {
    const CoordinateTexts& texts = coordinate_texts();
    TimeText time(style.time_unit, packet.first_us());
    for (const Event& event : packet.events()) {
        for (const CsvColumn column : style.columns) {
            switch (column) {
                case CsvColumn::t:
                    out = time.put(out, packet.t0_us() + event.t);
                    break;
                case CsvColumn::x:
                    out = put_coordinate(out, texts, event.x);
                    break;
                case CsvColumn::y:
                    out = put_coordinate(out, texts, event.y());
                    break;
                default:
                    out = put_polarity(out, event);
                    break;
            }
            *out++ = style.separator;
        }
        out[-1] = '\n';
    }
    return out;
}

}  // namespace

std::size_t encode_csv(const CsvStyle& style, const Packet& packet, std::byte* out) {
    char* const begin = reinterpret_cast<char*>(out);
    const bool usual = style.columns == CsvStyle{}.columns;
    char* const end = usual ? put_usual(style, packet, begin) : put_any(style, packet, begin);
    return static_cast<std::size_t>(end - begin);
}

}  // namespace aestream
