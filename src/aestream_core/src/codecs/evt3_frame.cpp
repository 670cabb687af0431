#include <utility>

#include "aestream_core/evt3.hpp"
#include "evt3_words.hpp"
#include "word_framer.hpp"

namespace aestream {

namespace {

using namespace evt3;

/// The clock of an undecoded EVT3 stream.
class Evt3Words {
public:
    static constexpr std::size_t word_bytes = evt3::word_bytes;
    static constexpr std::string_view encoding = "evt3";
    static constexpr std::string_view name = "EVT3";

    void start(std::uint64_t t0_us) { clock_.start_in_turn_of(t0_us); }
    [[nodiscard]] static TimeWord look(const std::byte* word) {
        const std::uint32_t kind = load_word(word) >> 12U;
        if (kind == time_high) return TimeWord::high;
        return kind == time_low ? TimeWord::low : TimeWord::none;
    }
    void take(const std::byte* word, TimeWord kind) {
        const std::uint32_t payload = load_word(word) & payload_mask;
        if (kind == TimeWord::low && clock_.running()) clock_.take_low(payload);
        if (kind == TimeWord::high) clock_.take_high(payload);
    }
    [[nodiscard]] bool running() const { return clock_.running(); }
    [[nodiscard]] std::uint64_t time_us() const { return clock_.time_us(); }
    [[nodiscard]] std::uint64_t high_us() const { return clock_.high_us(); }

private:
    Evt3Clock clock_;
};

}  // namespace

RawStream frame_evt3(ByteStream source, FrameOptions options) {
    return frame_words(std::move(source), options, Evt3Words{});
}

}  // namespace aestream
