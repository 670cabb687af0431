#include "aestream_core/message_codecs.hpp"

#include <array>
#include <string>

#include "aestream_core/errors.hpp"
#include "aestream_core/event_array.hpp"
#include "aestream_core/evt2.hpp"
#include "aestream_core/evt21.hpp"
#include "aestream_core/evt3.hpp"
#include "aestream_core/libcaer.hpp"

namespace aestream {

namespace {

void start_near(Evt3State& state, std::uint64_t near_us) { seed_time(state, near_us); }
/// The 34-bit clocks wrap after almost five hours: it is enough to know the turn.
void start_near(Evt2State& state, std::uint64_t near_us) { state.high.start_in_turn_of(near_us >> evt2_low_bits); }
void start_near(Evt21State& state, std::uint64_t near_us) { state.high.start_in_turn_of(near_us >> evt2_low_bits); }

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

constexpr std::array<MessageCodec, 9> codecs{{
    {"evt3", "Prophesee EVT 3.0", &make<WordMessages<Evt3State, &decode_evt3>>},
    {"evt21", "Prophesee EVT 2.1", &make<WordMessages<Evt21State, &decode_evt21>>},
    {"evt2", "Prophesee EVT 2.0", &make<WordMessages<Evt2State, &decode_evt2>>},
    {"libcaer", "iniVation polarity events, 8 bytes each", &make<TimedMessages<&decode_libcaer>>},
    {"libcaer_cmp", "iniVation events in 16-bit words", &make<TimedMessages<&decode_libcaer_cmp>>},
    {"mono", "older drivers, 8 bytes an event", &make<TimedMessages<&decode_mono>>},
    {"trigger", "older drivers, edges of trigger inputs", &make<TriggerMessages>},
    {"event_array", "dvs_msgs/EventArray as ROS 2 serialises it", &make<SelfTimedMessages<&decode_event_array_cdr>>},
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

}  // namespace aestream
