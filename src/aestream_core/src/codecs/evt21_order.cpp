#include "aestream_core/evt21.hpp"
#include "evt21_words.hpp"
#include "evt2_words.hpp"

namespace aestream {

namespace {

using namespace evt2;

constexpr std::uint64_t usual_step = std::uint64_t{1} << 14U;  // of TIME_HIGH: about a second

/// How many words of a stream make sense in that order, less those that do not.
std::ptrdiff_t plausibility(std::span<const std::byte> bytes, Evt21WordOrder order) {
    const int rotation = evt21::rotation_of(order);
    Evt2Clock high;
    std::ptrdiff_t sum = 0;
    for (; bytes.size() >= evt21::word_bytes; bytes = bytes.subspan(evt21::word_bytes)) {
        const std::uint64_t both = evt21::load_word(bytes.data(), rotation);
        const auto word = static_cast<std::uint32_t>(both >> 32U);
        const std::uint32_t kind = kind_of(word);
        bool fits = kind == ext_trigger || kind == others || kind == continued;
        if (kind <= cd_on) {
            fits = (word >> x_shift & coordinate_mask) % evt21::group_columns == 0 &&
                   static_cast<std::uint32_t>(both) != 0;
        } else if (kind == time_high) {
            const std::uint64_t before = high.value();
            const bool first = !high.running();
            high.take(word & high_time_mask);
            fits = first || high.value() - before < usual_step;
        }
        sum += fits ? 1 : -1;
    }
    return sum;
}

}  // namespace

std::optional<Evt21WordOrder> guess_evt21_order(std::span<const std::byte> bytes) {
    const std::ptrdiff_t current = plausibility(bytes, Evt21WordOrder::current);
    const std::ptrdiff_t legacy = plausibility(bytes, Evt21WordOrder::legacy);
    if (current == legacy) return std::nullopt;
    return current > legacy ? Evt21WordOrder::current : Evt21WordOrder::legacy;
}

}  // namespace aestream
