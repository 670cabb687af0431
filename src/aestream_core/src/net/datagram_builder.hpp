// Cuts a packet into datagrams of one protocol.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "aestream_core/framed_datagram.hpp"
#include "aestream_core/packet.hpp"
#include "net/send_batch.hpp"

namespace aestream::net {

class DatagramBuilder {
public:
    DatagramBuilder(const UdpSenderConfig& config, std::size_t per_datagram);

    /// The datagrams of a packet, of no more events than most_events(). They look at the packet and at memory of this
    /// object: void after the next call. Throws InvalidArgument where no datagram can say the packet's sensor or time.
    [[nodiscard]] std::span<const Outgoing> build(const Packet& packet);

    /// The most events of one build(), in whole datagrams.
    [[nodiscard]] std::size_t most_events() const { return per_datagram_ * SendBatch::most; }
    [[nodiscard]] std::size_t per_datagram() const { return per_datagram_; }

    /// Events that were left out because SPIF cannot hold them.
    [[nodiscard]] std::uint64_t not_encodable() const { return not_encodable_; }

    /// What tells framed receivers that the stream is over; nothing where none has begun, or of SPIF.
    [[nodiscard]] std::span<const Outgoing> build_end();

private:
    void build_framed(const Packet& packet);
    void build_spif(const Packet& packet);

    UdpProtocol protocol_;
    bool timestamps_;
    std::size_t per_datagram_;
    FramedHeader next_;  ///< header of the next datagram but for its events
    std::array<FramedHeaderBytes, SendBatch::most> headers_;
    std::vector<std::byte> words_;
    std::vector<Outgoing> datagrams_;
    std::uint64_t not_encodable_ = 0;
};

}  // namespace aestream::net
