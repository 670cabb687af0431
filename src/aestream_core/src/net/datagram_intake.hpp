// From what the kernel hands over to the sender that it is of: who may send, which protocol it is, what is broken.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "aestream_core/udp_receiver.hpp"
#include "net/arrival_clock.hpp"
#include "net/receive_batch.hpp"
#include "net/sender_table.hpp"

namespace aestream::net {

class DatagramIntake {
public:
    /// Keeps a reference. Throws InvalidArgument where a host that may send cannot be resolved.
    explicit DatagramIntake(const UdpReceiverConfig& config);

    /// Take what the kernel handed over as one.
    void take(const Received& received, ArrivalClock& clock);

    /// Take one datagram of a sender, which came at that many µs since the opening.
    void take(const SenderKey& key, std::span<const std::byte> datagram, std::uint64_t arrival_us);

    /// Hosts that may send; all where there are none.
    [[nodiscard]] const std::vector<SenderKey>& allowed() const { return allowed_; }
    [[nodiscard]] std::optional<Sensor> sensor() const { return sensor_; }
    [[nodiscard]] SenderTable& senders() { return senders_; }
    [[nodiscard]] const SenderTable& senders() const { return senders_; }

    /// When the last valid datagram came, in µs since the opening; 0 before the first.
    [[nodiscard]] std::uint64_t last_heard_us() const { return last_heard_us_; }
    [[nodiscard]] std::optional<std::uint64_t> first_heard_us() const { return first_heard_us_; }
    [[nodiscard]] UdpCounters counters() const;

private:
    [[nodiscard]] bool may_send(const SenderKey& key) const;
    [[nodiscard]] std::size_t room(std::uint64_t now_us) const;
    void sort_out(const SenderKey& key, std::span<const std::byte> datagram, std::uint64_t arrival_us);
    void take_framed(const SenderKey& key, std::span<const std::byte> datagram, std::uint64_t arrival_us);
    void take_spif(const SenderKey& key, std::span<const std::byte> datagram, std::uint64_t arrival_us);
    [[nodiscard]] Sender& heard(const SenderKey& key, Sensor says, std::uint64_t arrival_us);

    const UdpReceiverConfig& config_;
    std::vector<SenderKey> allowed_;
    std::optional<Sensor> sensor_;
    SenderTable senders_;
    std::size_t room_ = 0;  ///< events of one sender that may wait
    std::uint64_t last_heard_us_ = 0;
    std::optional<std::uint64_t> first_heard_us_;
    UdpCounters counters_;
};

}  // namespace aestream::net
