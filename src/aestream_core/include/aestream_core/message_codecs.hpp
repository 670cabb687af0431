// The codecs of event-camera messages in ROS: bytes of one message in, events out, state kept between messages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "aestream_core/decoder.hpp"
#include "aestream_core/packet.hpp"
#include "aestream_core/side_records.hpp"

namespace aestream {

/// The encoded events of one message.
struct EncodedMessage {
    std::span<const std::byte> events;
    std::uint64_t time_base_ns = 0;        ///< the message's time_base; what it means depends on the encoding
    std::optional<std::uint64_t> near_us;  ///< sensor time near which the message begins, for clocks that wrap
};

/// The decoder of one topic. Bytes that end inside a record give every event before it and count as damaged.
class MessageDecoder {
public:
    MessageDecoder() = default;
    MessageDecoder(const MessageDecoder&) = delete;
    MessageDecoder& operator=(const MessageDecoder&) = delete;
    virtual ~MessageDecoder() = default;

    /// Decode one message. Triggers go to `side` where somebody wants them; it may be null.
    virtual void decode(const EncodedMessage& message, PacketWriter& writer, SideRecords* side) = 0;

    [[nodiscard]] virtual DecodeCounters counters() const = 0;
};

/// The encoded events of a message that was made here.
struct MessageBytes {
    BufferRef buffer;  ///< holds the bytes from its start
    std::size_t size_bytes = 0;
    std::uint64_t base_us = 0;  ///< the message's time_base, or for clocks that wrap the time near which it begins
    std::size_t events = 0;
};

/// One row of the table of encodings.
struct MessageCodec {
    std::string_view encoding;     ///< as messages name it: "evt3"
    std::string_view description;  ///< one line for people
    std::unique_ptr<MessageDecoder> (*make)();
    /// Encode a packet, order and times kept, into messages that decode on their own: one, or more where its times lie
    /// further apart than one can express. Throws InvalidArgument for coordinates that do not fit. Null for encodings
    /// that are only read.
    std::vector<MessageBytes> (*encode)(const Packet& packet) = nullptr;
};

[[nodiscard]] std::span<const MessageCodec> message_codecs();

/// A fresh decoder. Throws FormatError for an encoding that is not in the table.
[[nodiscard]] std::unique_ptr<MessageDecoder> make_message_decoder(std::string_view encoding);

/// The row of an encoding that is also written. Throws FormatError for others.
[[nodiscard]] const MessageCodec& message_codec_to_write(std::string_view encoding);

}  // namespace aestream
