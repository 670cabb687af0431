#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "aestream_core/errors.hpp"
#include "aestream_core/evt3.hpp"
#include "aestream_core/pacer.hpp"
#include "evt3_words.hpp"

namespace aestream {

namespace {

using namespace evt3;

constexpr std::size_t smallest_max_bytes = 64;
constexpr std::size_t first_capacity_bytes = 1U << 14U;

/// Cuts a stream into pieces; looks at time words only.
class Framer {
public:
    explicit Framer(const FrameOptions& options)
        : options_(options), max_bytes_(options.max_bytes / word_bytes * word_bytes) {
        if (options.t0_us > 0) clock_.start_in_turn_of(options.t0_us);
    }

    void add(std::span<const std::byte> bytes) {
        if (bytes.empty()) return;
        if (half_word_) {
            const std::array<std::byte, word_bytes> word{*half_word_, bytes.front()};
            half_word_.reset();
            add_words(word.data(), 1);
            bytes = bytes.subspan(1);
        }
        add_words(bytes.data(), bytes.size() / word_bytes);
        if (bytes.size() % word_bytes != 0) half_word_ = bytes.back();
    }

    /// Close the last piece; returns whether the stream ended inside a word.
    bool finish() {
        const bool inside_word = half_word_.has_value();
        if (inside_word && size_bytes_ == max_bytes_) close();
        if (inside_word) append(&*half_word_, 1);
        close();
        return inside_word;
    }

    std::vector<RawPacket> ready;

private:
    void add_words(const std::byte* words, std::size_t count) {
        std::size_t from = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint32_t word = load_word(words + i * word_bytes);
            const std::uint32_t kind = word >> 12U;
            const std::size_t size_bytes = size_bytes_ + (i - from) * word_bytes;
            const bool full = size_bytes + word_bytes > max_bytes_;
            if (kind != time_high && kind != time_low && !full) continue;
            const Evt3Clock before = clock_;
            if (kind == time_low && clock_.running()) clock_.take_low(word & payload_mask);
            if (kind == time_high) clock_.take_high(word & payload_mask);
            if (full || (kind == time_high && is_due(size_bytes, before))) {
                append(words + from * word_bytes, (i - from) * word_bytes);
                close(before);
                from = i;
            }
            if (kind == time_high || kind == time_low) note_time(kind == time_high, before);
        }
        append(words + from * word_bytes, (count - from) * word_bytes);
    }

    /// Whether the piece under construction may end before a TIME_HIGH. Close to the size limit any of them will do.
    [[nodiscard]] bool is_due(std::size_t size_bytes, const Evt3Clock& before) const {
        const std::uint64_t now_us = std::max(before.time_us(), clock_.time_us());
        const bool spans_enough = timed_ && now_us >= start_us_ && now_us - start_us_ >= options_.packet_us;
        return spans_enough || size_bytes > max_bytes_ / 8 * 7;
    }

    void note_time(bool at_time_high, const Evt3Clock& before) {
        if (!clock_.running()) return;
        if (!timed_) {
            base_us_ = at_time_high ? clock_.high_us() : before.time_us();
            start_us_ = at_time_high ? clock_.time_us() : before.time_us();
            last_us_ = start_us_;
            timed_ = true;
        }
        last_us_ = std::max(last_us_, clock_.time_us());
    }

    void append(const std::byte* bytes, std::size_t size_bytes) {
        if (size_bytes == 0) return;
        if (!buffer_ || size_bytes_ + size_bytes > buffer_->capacity_bytes()) grow(size_bytes_ + size_bytes);
        std::memcpy(buffer_->data() + size_bytes_, bytes, size_bytes);
        size_bytes_ += size_bytes;
    }

    void grow(std::size_t wanted_bytes) {
        BufferRef larger =
            BufferPool::shared().acquire(std::max({wanted_bytes, 2 * size_bytes_, first_capacity_bytes}));
        if (size_bytes_ > 0) std::memcpy(larger->data(), buffer_->data(), size_bytes_);
        buffer_ = std::move(larger);
    }

    void close() { close(clock_); }
    void close(const Evt3Clock& at_end) {
        if (size_bytes_ == 0) return;
        ready.push_back({"evt3", std::exchange(buffer_, nullptr), std::exchange(size_bytes_, 0),
                         timed_ ? base_us_ : at_end.time_us(), timed_ ? last_us_ : at_end.time_us(), options_.sensor,
                         seq_++});
        timed_ = false;
    }

    FrameOptions options_;
    std::size_t max_bytes_;
    Evt3Clock clock_;
    std::optional<std::byte> half_word_;
    BufferRef buffer_;
    std::size_t size_bytes_ = 0;
    bool timed_ = false;  ///< whether the piece under construction has met a time word
    std::uint64_t base_us_ = 0;
    std::uint64_t start_us_ = 0;
    std::uint64_t last_us_ = 0;
    std::uint64_t seq_ = 0;
};

RawStream framed(ByteStream source, FrameOptions options) {
    Framer framer(options);
    std::uint64_t read_bytes = 0;
    for (const std::span<const std::byte> chunk : source) {
        read_bytes += chunk.size();
        framer.add(chunk);
        for (RawPacket& packet : framer.ready) co_yield std::move(packet);
        framer.ready.clear();
    }
    const bool inside_word = framer.finish();
    for (RawPacket& packet : framer.ready) co_yield std::move(packet);
    if (inside_word) throw DamagedRecording("the stream ends inside an EVT3 word", read_bytes);
}

}  // namespace

RawStream frame_evt3(ByteStream source, FrameOptions options) {
    if (options.packet_us == 0) throw InvalidArgument("packet_us is 0; it must be 1 or more");
    if (options.max_bytes < smallest_max_bytes) {
        throw InvalidArgument("max_bytes is " + std::to_string(options.max_bytes) + "; it must be " +
                              std::to_string(smallest_max_bytes) + " or more");
    }
    return framed(std::move(source), options);
}

RawStream pace(RawStream upstream, double speed, std::stop_token stop) {
    Pacer pacer(speed, std::move(stop));
    bool started = false;
    for (RawPacket& packet : upstream) {
        if (!std::exchange(started, true)) pacer.wait_for(packet.base_us);
        if (!pacer.wait_for(packet.last_us)) co_return;
        co_yield std::move(packet);
    }
}

}  // namespace aestream
