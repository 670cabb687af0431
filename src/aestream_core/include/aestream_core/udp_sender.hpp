// Events into UDP datagrams.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "aestream_core/sink.hpp"
#include "aestream_core/udp_receiver.hpp"

namespace aestream {

/// How to send.
struct UdpSenderConfig {
    std::string address = "127.0.0.1";  ///< a host's name or address, or a multicast group
    std::uint16_t port = 3333;
    UdpProtocol protocol = UdpProtocol::framed;
    bool timestamps = false;              ///< SPIF: whether words of time follow those of events
    std::size_t events_per_datagram = 0;  ///< at most; 0 for what fits 1500 bytes on the wire
    std::optional<double> rate_hz;        ///< events/s at most, evenly
    std::optional<double> speed;          ///< send when events are due by sensor time; 1 is real time
    std::string interface;                ///< by which multicast datagrams leave; the system's choice where empty
    int ttl = 1;                          ///< routers that multicast datagrams may pass, plus one
    bool loop = true;                     ///< whether this machine gets its multicast datagrams too
    std::size_t buffer_bytes = std::size_t{4} << 20U;  ///< asked of the kernel for what waits to leave
    double patience_s = 1;  ///< how long a full buffer is waited for before its datagrams are dropped
};

/// What was sent, and what was not.
struct UdpSenderCounters {
    std::uint64_t datagrams = 0;       ///< that the kernel took
    std::uint64_t bytes = 0;           ///< in them
    std::uint64_t events = 0;          ///< events in them
    std::uint64_t dropped = 0;         ///< datagrams that could not be sent: no room in time, or no way
    std::uint64_t dropped_events = 0;  ///< events in these
    std::uint64_t refused = 0;        ///< times that the other side said that nobody listens; what is sent then is lost
    std::uint64_t unreachable = 0;    ///< times that there was no way to the address
    std::uint64_t full = 0;           ///< times that the kernel's buffer was full and was waited for
    std::uint64_t not_encodable = 0;  ///< events that SPIF cannot hold, left out
};

/// Throws InvalidArgument where a datagram would be larger than UDP allows.
[[nodiscard]] std::size_t events_per_datagram(const UdpSenderConfig& config);

/// Sends packets as datagrams; the last datagram of a packet may be shorter, so that nothing waits. Not for several
/// threads at a time, but for counters(). Once stop is requested, what is written is dropped and counted.
class UdpSender : public Sink {
public:
    /// Look the address up. Throws InvalidArgument and Error.
    explicit UdpSender(UdpSenderConfig config, std::stop_token stop = {});
    ~UdpSender() override;

    void write(const Packet& packet) override;

    /// Tell framed receivers that the stream is over.
    void close() override;

    [[nodiscard]] UdpSenderCounters counters() const;
    /// Where it sends to, for people.
    [[nodiscard]] std::string place() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace aestream
