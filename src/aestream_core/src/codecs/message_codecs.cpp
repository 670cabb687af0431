#include "aestream_core/message_codecs.hpp"

#include <array>
#include <string>

#include "aestream_core/errors.hpp"
#include "aestream_core/event_array.hpp"
#include "aestream_core/evt3.hpp"
#include "aestream_core/libcaer.hpp"
#include "evt3_triggers.hpp"

namespace aestream {

namespace {

bool wants_triggers(const SideRecords* side) { return side != nullptr && side->wanted().triggers; }

/// One stream cut into messages: its state runs on. A time base other than 0 says where the 24-bit clock stands.
class Evt3Messages final : public MessageDecoder {
public:
    void decode(const EncodedMessage& message, PacketWriter& writer, SideRecords* side) override {
        std::optional<std::uint64_t> near_us = message.near_us;
        if (!near_us && message.time_base_ns != 0) near_us = message.time_base_ns / 1000;
        if (near_us) {
            seed_time(state_, *near_us);
            triggers_.clock.seed(*near_us);
        }
        decode_evt3(state_, message.events, writer);
        if (wants_triggers(side)) find_evt3_triggers(triggers_, message.events, *side);
    }

    [[nodiscard]] DecodeCounters counters() const override {
        const Evt3Counters& seen = state_.counters;
        return {seen.outside_sensor, seen.triggers, seen.skipped_words, seen.unknown_words, 0, 0};
    }

private:
    Evt3State state_;
    Evt3TriggerState triggers_;
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

constexpr std::array<MessageCodec, 7> codecs{{
    {"evt3", "Prophesee EVT 3.0", &make<Evt3Messages>},
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
