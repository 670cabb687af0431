// Many datagrams with one system call; several of one size as one message where the kernel cuts them (UDP_SEGMENT).
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "aestream_core/readiness.hpp"
#include "aestream_core/udp_sender.hpp"
#include "net/udp_socket.hpp"

namespace aestream::net {

/// A datagram that is about to leave: a header, which may be empty, and what follows it. Both stay where they are until
/// it has left.
struct Outgoing {
    std::span<const std::byte> header;
    std::span<const std::byte> payload;
    std::size_t events = 0;
    [[nodiscard]] std::size_t bytes() const { return header.size() + payload.size(); }
};

/// Sends on a connected socket.
class SendBatch {
public:
    /// The most datagrams that one send() takes.
    static constexpr std::size_t most = 256;

    /// Keeps references.
    SendBatch(const UdpSocket& socket, UdpSenderCounters& counters);

    /// Hand datagrams to the kernel, `most` at most. Where it has no room for that long, or the stream is stopped, they
    /// are dropped and counted.
    void send(std::span<const Outgoing> datagrams, double patience_s, const std::stop_token& stop);

private:
    /// Datagrams of one size that leave as one message.
    struct Message {
        std::span<const Outgoing> datagrams;
    };
    void gather(std::span<const Outgoing> datagrams);
    [[nodiscard]] std::size_t run_length(std::span<const Outgoing> datagrams) const;
    void describe(std::size_t message, std::span<const Outgoing> datagrams, std::size_t& vector);
    [[nodiscard]] bool wait_for_room(double patience_s, const std::stop_token& stop);
    /// Whether to go on with the same message.
    [[nodiscard]] bool survive(int fault, double patience_s, const std::stop_token& stop);
    void count_sent(const Message& message);
    void count_dropped(const Message& message);

    struct alignas(cmsghdr) Control {
        std::array<std::byte, CMSG_SPACE(sizeof(std::uint16_t))> bytes;
    };
    const UdpSocket& socket_;
    UdpSenderCounters& counters_;
    bool cuts_;  ///< whether the kernel cuts messages
    int refusals_ = 0;
    std::optional<Readiness::Clock::time_point> full_since_;
    std::vector<Message> messages_;
    std::array<mmsghdr, most> headers_{};
    std::array<iovec, 2 * most> vectors_{};
    std::array<Control, most> controls_{};
};

}  // namespace aestream::net
