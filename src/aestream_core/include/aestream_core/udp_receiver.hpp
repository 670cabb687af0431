// Events out of UDP datagrams, of one sender or of several.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "aestream_core/reorder_window.hpp"
#include "aestream_core/stream.hpp"

namespace aestream {

enum class UdpProtocol {
    automatic,  ///< each datagram says itself what it is (receivers only)
    framed,     ///< framed_datagram.hpp
    spif,       ///< spif.hpp
};
/// Throws InvalidArgument where there is no such protocol; `known` are those allowed.
[[nodiscard]] UdpProtocol udp_protocol(std::string_view name);

/// How to receive.
struct UdpReceiverConfig {
    std::string address = "127.0.0.1";  ///< what to bind to: an address of this machine, or a multicast group
    std::uint16_t port = 3333;          ///< 0 takes a free one
    std::string interface;              ///< by which a multicast group is joined; lo where empty
    UdpProtocol protocol = UdpProtocol::automatic;
    std::optional<Sensor> sensor;      ///< what the first framed datagram says, else 1280x720, where absent
    std::vector<std::string> senders;  ///< hosts that may send; all where empty
    double sender_limit_hz = 0;        ///< events/s that one sender may send; 0 for no limit
    std::size_t most_senders = 64;     ///< senders that are remembered at a time
    std::size_t buffer_bytes = std::size_t{64} << 20U;  ///< asked of the kernel for what waits to be read
    ReorderLimits reorder;
    std::optional<double> idle_timeout_s;      ///< end after that long without a datagram
    std::optional<double> duration_s;          ///< end that long after the first datagram
    std::optional<std::uint64_t> most_events;  ///< end after that many events
    bool once = false;                         ///< end where the last framed sender has ended its stream
};

/// What was received, and what was not. Datagrams, unless events or bytes are named.
struct UdpCounters {
    std::uint64_t datagrams = 0;       ///< that came
    std::uint64_t bytes = 0;           ///< in them
    std::uint64_t events = 0;          ///< events that were handed out or wait to be
    std::uint64_t outside_sensor = 0;  ///< events that were left out because they lie outside the sensor
    std::uint64_t kernel_dropped = 0;  ///< dropped by the kernel: nobody took them in time, or their host may not send
    std::uint64_t invalid = 0;         ///< left out: no protocol's, cut, of another version, or empty
    std::uint64_t corrupted = 0;       ///< left out: framed, with a checksum that is not theirs
    std::uint64_t cut_bytes = 0;       ///< bytes behind the last whole event of SPIF datagrams
    std::uint64_t refused = 0;         ///< left out: from a host that may not send
    std::uint64_t limited = 0;         ///< left out: more than a sender may send
    std::uint64_t limited_events = 0;  ///< events in these
    SequenceCounters sequence;         ///< of framed senders
    std::uint64_t senders = 0;         ///< senders that were met
    std::uint64_t evicted = 0;         ///< senders that were forgotten to make room
    std::uint64_t buffer_bytes = 0;    ///< what the kernel granted for what waits to be read
};

/// Receives while it is asked for packets; what comes meanwhile waits in the kernel. next() and wait_for_sensor() are
/// for one thread at a time, the rest for any.
class UdpReceiver {
public:
    /// Bind, join and prepare. Throws InvalidArgument and Error.
    UdpReceiver(UdpReceiverConfig config, std::stop_token stop);
    ~UdpReceiver();
    UdpReceiver(const UdpReceiver&) = delete;
    UdpReceiver& operator=(const UdpReceiver&) = delete;

    /// Wait for the next packet, which holds events of one sender; nothing at the end. Times are the sender's, or,
    /// where it gives none, µs since this receiver was made.
    [[nodiscard]] std::optional<Packet> next();

    /// The sensor's size; waits at most that long for the datagram that says it.
    [[nodiscard]] std::optional<Sensor> wait_for_sensor(double timeout_s);

    /// Whether it was stopped, or a limit of its configuration is met: nothing comes any more.
    [[nodiscard]] bool is_over() const;

    [[nodiscard]] std::uint16_t port() const;
    /// Where it listens, for people.
    [[nodiscard]] std::string place() const;
    /// When time 0 of events without timestamps was, in µs since 1970.
    [[nodiscard]] std::uint64_t opened_unix_us() const;
    [[nodiscard]] UdpCounters counters() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// The receiver's packets, as many as come.
PacketStream receive(std::shared_ptr<UdpReceiver> receiver);

}  // namespace aestream
