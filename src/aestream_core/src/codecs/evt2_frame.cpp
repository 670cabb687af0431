#include <bit>
#include <cstring>
#include <utility>

#include "aestream_core/evt2.hpp"
#include "aestream_core/evt21.hpp"
#include "evt21_words.hpp"
#include "evt2_words.hpp"
#include "word_framer.hpp"

namespace aestream {

namespace {

using namespace evt2;

/// The clock of an undecoded stream, as TIME_HIGH says it: in steps of 64 µs.
class HighClock {
public:
    void start(std::uint64_t t0_us) { high_.start_in_turn_of(t0_us >> evt2_low_bits); }
    [[nodiscard]] bool running() const { return high_.running(); }
    [[nodiscard]] std::uint64_t time_us() const { return high_.value() << evt2_low_bits; }
    [[nodiscard]] std::uint64_t high_us() const { return time_us(); }

protected:
    [[nodiscard]] static TimeWord look_at(std::uint32_t word) {
        return kind_of(word) == time_high ? TimeWord::high : TimeWord::none;
    }
    void take_word(std::uint32_t word, TimeWord kind) {
        if (kind == TimeWord::high) high_.take(word & high_time_mask);
    }

private:
    Evt2Clock high_;
};

class Evt2Words : public HighClock {
public:
    static constexpr std::size_t word_bytes = 4;
    static constexpr std::string_view encoding = "evt2";
    static constexpr std::string_view name = "EVT2";

    [[nodiscard]] static TimeWord look(const std::byte* word) { return look_at(load(word)); }
    void take(const std::byte* word, TimeWord kind) { take_word(load(word), kind); }

private:
    static std::uint32_t load(const std::byte* bytes) {
        std::uint32_t word = 0;
        std::memcpy(&word, bytes, word_bytes);
        return word;
    }
};

class Evt21Words : public HighClock {
public:
    static constexpr std::size_t word_bytes = evt21::word_bytes;
    static constexpr std::string_view encoding = "evt21";
    static constexpr std::string_view name = "EVT2.1";

    explicit Evt21Words(Evt21WordOrder order) : rotation_(evt21::rotation_of(order)) {}
    [[nodiscard]] TimeWord look(const std::byte* word) const { return look_at(upper_half(word)); }
    void take(const std::byte* word, TimeWord kind) { take_word(upper_half(word), kind); }

    /// Messages do not say the order of the halves: all have the current one.
    void normalise(std::byte* bytes, std::size_t size_bytes) const {
        if (rotation_ == 0) return;
        for (std::size_t at = 0; at + word_bytes <= size_bytes; at += word_bytes) {
            const std::uint64_t word = evt21::load_word(bytes + at, rotation_);
            std::memcpy(bytes + at, &word, word_bytes);
        }
    }

private:
    [[nodiscard]] std::uint32_t upper_half(const std::byte* word) const {
        return static_cast<std::uint32_t>(evt21::load_word(word, rotation_) >> 32U);
    }

    int rotation_;
};

}  // namespace

RawStream frame_evt2(ByteStream source, FrameOptions options) {
    return frame_words(std::move(source), options, Evt2Words{});
}

RawStream frame_evt21(ByteStream source, FrameOptions options, Evt21WordOrder order) {
    return frame_words(std::move(source), options, Evt21Words(order));
}

}  // namespace aestream
