// Fuzzes one encoding of messages, which --message=NAME chooses: the input is a time base of 8 bytes and then the bytes
// of one topic, which are cut into messages as the input itself says.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "aestream_core/message_codecs.hpp"
#include "harness.hpp"
#include "outcome.hpp"

namespace aestream::fuzz {

namespace {

constexpr Sensor sensor{640, 480};
const MessageCodec* chosen = nullptr;

std::vector<std::string> encoding_names() {
    std::vector<std::string> names;
    for (const MessageCodec& codec : message_codecs()) names.emplace_back(codec.encoding);
    return names;
}

/// One topic, decoded message by message.
class Topic {
public:
    void take(std::span<const std::byte> bytes, std::uint64_t time_base_ns) {
        decoder_->decode({.events = bytes, .time_base_ns = time_base_ns, .near_us = {}}, writer_, &side_);
        writer_.cut();
        for (const Packet& packet : writer_.ready) tally_.take(packet);
        writer_.ready.clear();
    }
    [[nodiscard]] const Tally& tally() const { return tally_; }
    [[nodiscard]] std::uint64_t hash_of_triggers() { return hash_of(side_); }

private:
    std::unique_ptr<MessageDecoder> decoder_ = chosen->make();
    SideRecords side_{{.triggers = true, .imu = true, .frames = true}};
    PacketWriter writer_{sensor, 1};
    Tally tally_;
};

/// Words whose state runs on across messages: where one message ends and the next begins makes no difference.
bool runs_on() { return chosen->encoding.starts_with("evt"); }

void check_messages(std::span<const std::byte> input) {
    Chooser choose(input);
    std::uint64_t time_base_ns = 0;
    if (input.size() < sizeof(time_base_ns)) return;
    std::memcpy(&time_base_ns, input.data(), sizeof(time_base_ns));
    const auto bytes = input.subspan(sizeof(time_base_ns));

    Topic whole;
    whole.take(bytes, time_base_ns);
    Topic cut;
    auto rest = bytes;
    for (bool first = true; !rest.empty(); first = false) {
        // Memory of its own, so that reading behind a message is seen.
        const std::size_t count = std::min(choose.piece_bytes(), rest.size());
        const std::vector<std::byte> message(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(count));
        cut.take(message, first || !runs_on() ? time_base_ns : 0);
        rest = rest.subspan(count);
    }
    if (!runs_on() || bytes.empty()) return;
    require_equal(whole.tally(), cut.tally(), "a topic in one message and in many");
    require(whole.hash_of_triggers() == cut.hash_of_triggers(),
            "a topic in one message and in many has the same edges");
}

}  // namespace

}  // namespace aestream::fuzz

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
    using namespace aestream::fuzz;
    const std::string name = chosen_name(*argc, *argv, "message", encoding_names());
    chosen = &*std::ranges::find(aestream::message_codecs(), name, &aestream::MessageCodec::encoding);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    aestream::fuzz::check_messages(std::as_bytes(std::span(data, size)));
    return 0;
}
