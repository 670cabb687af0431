#include "aestream_core/message_codecs.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "aestream_core/errors.hpp"
#include "aestream_core/event_array.hpp"
#include "aestream_core/evt2.hpp"
#include "aestream_core/evt21.hpp"
#include "aestream_core/evt3.hpp"
#include "aestream_core/libcaer.hpp"
#include "message_runs.hpp"

namespace aestream {

namespace {

void start_near(Evt3State& state, std::uint64_t near_us) { seed_time(state, near_us); }
/// The 34-bit clocks wrap after almost five hours: it is enough to know the turn. A clock from which that time is ahead
/// runs on: a message need not begin with TIME_HIGH.
void start_near(Evt2Clock& high, std::uint64_t near_us) {
    const std::uint64_t near = near_us >> evt2_low_bits;
    const bool runs_on = high.running() && near - high.value() < Evt2Clock::range / 4;
    if (!runs_on) high.start_in_turn_of(near);
}
void start_near(Evt2State& state, std::uint64_t near_us) { start_near(state.high, near_us); }
void start_near(Evt21State& state, std::uint64_t near_us) { start_near(state.high, near_us); }

/// One stream of words cut into messages: its state runs on. A time base other than 0 says where its clock stands.
template <typename State, auto decode_words>
class WordMessages final : public MessageDecoder {
public:
    void decode(const EncodedMessage& message, PacketWriter& writer, SideRecords* side) override {
        std::optional<std::uint64_t> near_us = message.near_us;
        if (!near_us && message.time_base_ns != 0) near_us = message.time_base_ns / 1000;
        if (near_us) start_near(state_, *near_us);
        decode_words(state_, message.events, writer, side);
    }
    [[nodiscard]] DecodeCounters counters() const override { return state_.counters; }

private:
    State state_;
};

/// Encodings whose messages stand for themselves.
template <auto decode_message>
class TimedMessages final : public MessageDecoder {
public:
    void decode(const EncodedMessage& message, PacketWriter& writer, SideRecords* /*side*/) override {
        decode_message(message.events, message.time_base_ns, writer, counters_);
    }
    [[nodiscard]] DecodeCounters counters() const override { return counters_; }

private:
    DecodeCounters counters_;
};

/// Encodings whose events bring their whole time.
template <auto decode_message>
class SelfTimedMessages final : public MessageDecoder {
public:
    void decode(const EncodedMessage& message, PacketWriter& writer, SideRecords* /*side*/) override {
        decode_message(message.events, writer, counters_);
    }
    [[nodiscard]] DecodeCounters counters() const override { return counters_; }

private:
    DecodeCounters counters_;
};

class TriggerMessages final : public MessageDecoder {
public:
    void decode(const EncodedMessage& message, PacketWriter& /*writer*/, SideRecords* side) override {
        decode_trigger(message.events, message.time_base_ns, side, counters_);
    }
    [[nodiscard]] DecodeCounters counters() const override { return counters_; }

private:
    DecodeCounters counters_;
};

template <typename Decoder>
std::unique_ptr<MessageDecoder> make() {
    return std::make_unique<Decoder>();
}

/// Encode runs of a packet, each as a message, into buffers of the pool.
template <TimeLimits limits, typename Encode>
std::vector<MessageBytes> to_messages(const Packet& packet, Encode&& encode) {
    std::vector<MessageBytes> messages;
    for (const Run& run : cut_runs(packet, limits)) messages.push_back(encode(run));
    return messages;
}

/// A stream of words whose clock wraps: every message begins with its time. In a message a time base of 0 says nothing.
template <typename State, auto bound, auto encode, TimeLimits limits>
std::vector<MessageBytes> encode_words(const Packet& packet) {
    return to_messages<limits>(packet, [](const Run& run) {
        State state;
        BufferRef buffer = BufferPool::shared().acquire(bound(run.packet, state));
        const std::size_t size_bytes = encode(run.packet, state, buffer->data());
        const std::uint64_t near_us = std::max<std::uint64_t>(run.packet.first_us(), 1);
        return MessageBytes{std::move(buffer), size_bytes, near_us, run.packet.size()};
    });
}

/// Times count from the earliest.
template <auto encode, std::size_t bytes_an_event, TimeLimits limits>
std::vector<MessageBytes> encode_timed(const Packet& packet) {
    return to_messages<limits>(packet, [](const Run& run) {
        BufferRef buffer = BufferPool::shared().acquire(run.packet.size() * bytes_an_event);
        const std::size_t size_bytes = encode(run.packet, run.earliest_us, buffer->data());
        return MessageBytes{std::move(buffer), size_bytes, run.earliest_us, run.packet.size()};
    });
}

// Steps back that their clocks express even where they wrap.
constexpr TimeLimits evt3_limits{.step_back_us = 4096};
constexpr TimeLimits evt2_limits{.step_back_us = Evt2Clock::late << evt2_low_bits};
// The ecosystem's decoder takes any step back for a roll-over, and ours a step of half the clock's range.
constexpr TimeLimits libcaer_limits{.span_us = std::uint64_t{1} << 30U, .step_back_us = 0};
constexpr TimeLimits libcaer_cmp_limits{.span_us = std::uint64_t{1} << 24U};
constexpr TimeLimits mono_limits{.span_us = UINT32_MAX / 1000 + 1};

constexpr std::array<MessageCodec, 9> codecs{{
    {"evt3", "Prophesee EVT 3.0", &make<WordMessages<Evt3State, &decode_evt3>>,
     &encode_words<Evt3EncodeState, &evt3_bound, &encode_evt3, evt3_limits>},
    {"evt21", "Prophesee EVT 2.1", &make<WordMessages<Evt21State, &decode_evt21>>,
     &encode_words<Evt21EncodeState, &evt21_bound, &encode_evt21, evt2_limits>},
    {"evt2", "Prophesee EVT 2.0", &make<WordMessages<Evt2State, &decode_evt2>>,
     &encode_words<Evt2EncodeState, &evt2_bound, &encode_evt2, evt2_limits>},
    {"libcaer", "iniVation polarity events, 8 bytes each", &make<TimedMessages<&decode_libcaer>>,
     &encode_timed<&encode_libcaer, 8, libcaer_limits>},
    {"libcaer_cmp", "iniVation events in 16-bit words", &make<TimedMessages<&decode_libcaer_cmp>>,
     &encode_timed<&encode_libcaer_cmp, 8, libcaer_cmp_limits>},
    {"mono", "older drivers, 8 bytes an event", &make<TimedMessages<&decode_mono>>,
     &encode_timed<&encode_mono, 8, mono_limits>},
    {"trigger", "older drivers, edges of trigger inputs", &make<TriggerMessages>},
    {"event_array", "dvs_msgs/EventArray as ROS 2 serialises it", &make<SelfTimedMessages<&decode_event_array_cdr>>,
     &encode_timed<&encode_event_array_cdr, 16, TimeLimits{}>},
    {"event_array_ros1", "dvs_msgs/EventArray as ROS 1 serialises it",
     &make<SelfTimedMessages<&decode_event_array_ros1>>},
}};

}  // namespace

std::span<const MessageCodec> message_codecs() { return codecs; }

std::unique_ptr<MessageDecoder> make_message_decoder(std::string_view encoding) {
    std::string known;
    for (const MessageCodec& codec : codecs) {
        if (codec.encoding == encoding) return codec.make();
        known += (known.empty() ? "" : ", ") + std::string(codec.encoding);
    }
    throw FormatError("events arrive in encoding '" + std::string(encoding) + "'; understood are: " + known);
}

const MessageCodec& message_codec_to_write(std::string_view encoding) {
    std::string known;
    for (const MessageCodec& codec : codecs) {
        if (codec.encode == nullptr) continue;
        if (codec.encoding == encoding) return codec;
        known += (known.empty() ? "" : ", ") + std::string(codec.encoding);
    }
    throw FormatError("events cannot be written in encoding '" + std::string(encoding) + "'; written are: " + known);
}

}  // namespace aestream
