// Many datagrams with one system call.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "net/udp_socket.hpp"

namespace aestream::net {

/// What the kernel handed over as one: a datagram, or several of one sender and one size that lie behind each other
/// (UDP_GRO).
struct Received {
    const sockaddr_storage* sender = nullptr;
    std::span<const std::byte> bytes;
    std::size_t datagram_bytes = 0;  ///< length of each datagram but the last, which may be shorter; at least 1
    std::int64_t arrived_ns = 0;     ///< when the kernel got it, by the clock of the host; 0 where it did not say
    bool cut = false;                ///< longer than any datagram can be

    /// How many datagrams it holds. One without bytes counts.
    [[nodiscard]] std::size_t datagrams() const {
        return bytes.empty() ? 1 : (bytes.size() + datagram_bytes - 1) / datagram_bytes;
    }
    [[nodiscard]] std::span<const std::byte> datagram(std::size_t index) const {
        const std::size_t from = index * datagram_bytes;
        return bytes.subspan(from, std::min(datagram_bytes, bytes.size() - from));
    }
};

/// Receives into memory of its own, which the next call overwrites.
class ReceiveBatch {
public:
    ReceiveBatch();

    /// Take what waits, without waiting. Throws Error where the socket has failed.
    [[nodiscard]] std::span<const Received> receive(const UdpSocket& socket);

    /// Whether the last call left nothing behind.
    [[nodiscard]] bool emptied() const { return count_ < most; }

private:
    static constexpr std::size_t most = 32;
    static constexpr std::size_t slot_bytes = std::size_t{1} << 16U;
    static constexpr std::size_t control_bytes = 128;

    void prepare(std::size_t index);
    [[nodiscard]] Received read(std::size_t index);

    std::unique_ptr<std::byte[]> memory_;
    std::array<mmsghdr, most> messages_{};
    std::array<iovec, most> vectors_{};
    std::array<sockaddr_storage, most> senders_{};
    struct alignas(cmsghdr) Control {
        std::array<std::byte, control_bytes> bytes;
    };
    std::array<Control, most> controls_;
    std::array<Received, most> received_;
    std::size_t count_ = 0;
};

}  // namespace aestream::net
