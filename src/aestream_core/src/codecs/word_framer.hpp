// Cuts undecoded streams of words into pieces that a decoder can start with.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "aestream_core/errors.hpp"
#include "aestream_core/partial_record.hpp"
#include "aestream_core/raw_packet.hpp"

namespace aestream {

/// What a word says about time.
enum class TimeWord : std::uint8_t { none, low, high };

/// Cuts a stream into pieces; looks at time words only.
///
/// `Words` knows the format: word_bytes, encoding (as messages name it), name (for people), and is a clock that can be
/// copied: start(t0_us), look(word) -> TimeWord, take(word, kind), running(), time_us(), high_us(). In place of
/// looking, normalise(bytes, size_bytes) may rewrite a finished piece.
template <typename Words>
class WordFramer {
public:
    static constexpr std::size_t word_bytes = Words::word_bytes;

    WordFramer(const FrameOptions& options, Words words)
        : options_(options), max_bytes_(options.max_bytes / word_bytes * word_bytes), clock_(std::move(words)) {
        if (options.t0_us > 0) clock_.start(options.t0_us);
    }

    void add(std::span<const std::byte> bytes) {
        for_whole_records<word_bytes>(partial_, bytes,
                                      [this](const std::byte* words, std::size_t count) { add_words(words, count); });
    }

    /// Close the last piece; returns whether the stream ended inside a word.
    bool finish() {
        if (partial_.count > 0 && size_bytes_ == max_bytes_) close(clock_);
        append(partial_.bytes.data(), partial_.count);
        close(clock_);
        return partial_.count > 0;
    }

    std::vector<RawPacket> ready;

private:
    void add_words(const std::byte* words, std::size_t count) {
        std::size_t from = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const std::byte* const word = words + i * word_bytes;
            const TimeWord kind = clock_.look(word);
            const std::size_t size_bytes = size_bytes_ + (i - from) * word_bytes;
            const bool full = size_bytes + word_bytes > max_bytes_;
            if (kind == TimeWord::none && !full) continue;
            const Words before = clock_;
            clock_.take(word, kind);
            if (full || (kind == TimeWord::high && is_due(size_bytes, before))) {
                append(words + from * word_bytes, (i - from) * word_bytes);
                close(before);
                from = i;
            }
            if (kind != TimeWord::none) note_time(kind == TimeWord::high, before);
        }
        append(words + from * word_bytes, (count - from) * word_bytes);
    }

    /// Whether the piece under construction may end before a TIME_HIGH. Close to the size limit any of them will do.
    [[nodiscard]] bool is_due(std::size_t size_bytes, const Words& before) const {
        const std::uint64_t now_us = std::max(before.time_us(), clock_.time_us());
        const bool spans_enough = timed_ && now_us >= start_us_ && now_us - start_us_ >= options_.packet_us;
        return spans_enough || size_bytes > max_bytes_ / 8 * 7;
    }

    void note_time(bool at_time_high, const Words& before) {
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
        constexpr std::size_t first_capacity_bytes = 1U << 14U;
        BufferRef larger =
            BufferPool::shared().acquire(std::max({wanted_bytes, 2 * size_bytes_, first_capacity_bytes}));
        if (size_bytes_ > 0) std::memcpy(larger->data(), buffer_->data(), size_bytes_);
        buffer_ = std::move(larger);
    }

    void close(const Words& at_end) {
        if (size_bytes_ == 0) return;
        if constexpr (requires { clock_.normalise(buffer_->data(), size_bytes_); }) {
            clock_.normalise(buffer_->data(), size_bytes_);
        }
        ready.push_back({std::string(Words::encoding), std::exchange(buffer_, nullptr), std::exchange(size_bytes_, 0),
                         timed_ ? base_us_ : at_end.time_us(), timed_ ? last_us_ : at_end.time_us(), options_.sensor,
                         seq_++});
        timed_ = false;
    }

    FrameOptions options_;
    std::size_t max_bytes_;
    Words clock_;
    PartialRecord<word_bytes> partial_;
    BufferRef buffer_;
    std::size_t size_bytes_ = 0;
    bool timed_ = false;  ///< whether the piece under construction has met a time word
    std::uint64_t base_us_ = 0;
    std::uint64_t start_us_ = 0;
    std::uint64_t last_us_ = 0;
    std::uint64_t seq_ = 0;
};

template <typename Words>
RawStream framed_words(ByteStream source, FrameOptions options, Words words) {
    WordFramer<Words> framer(options, std::move(words));
    std::uint64_t read_bytes = 0;
    for (const std::span<const std::byte> chunk : source) {
        read_bytes += chunk.size();
        framer.add(chunk);
        for (RawPacket& packet : framer.ready) co_yield std::move(packet);
        framer.ready.clear();
    }
    const bool inside_word = framer.finish();
    for (RawPacket& packet : framer.ready) co_yield std::move(packet);
    if (inside_word)
        throw DamagedRecording("the stream ends inside an " + std::string(Words::name) + " word", read_bytes);
}

/// Frame a stream; see FrameOptions. Throws InvalidArgument.
template <typename Words>
RawStream frame_words(ByteStream source, const FrameOptions& options, Words words) {
    constexpr std::size_t smallest_max_bytes = 64;
    if (options.packet_us == 0) throw InvalidArgument("packet_us is 0; it must be 1 or more");
    if (options.max_bytes < smallest_max_bytes) {
        throw InvalidArgument("max_bytes is " + std::to_string(options.max_bytes) + "; it must be " +
                              std::to_string(smallest_max_bytes) + " or more");
    }
    return framed_words(std::move(source), options, std::move(words));
}

}  // namespace aestream
