// What a receiver remembers of one sender, and the events of it that wait to be handed out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>

#include "aestream_core/reorder_window.hpp"
#include "aestream_core/spif.hpp"
#include "aestream_core/udp_receiver.hpp"
#include "net/address.hpp"
#include "net/allowance.hpp"

namespace aestream::net {

class Sender {
public:
    Sender(const SenderKey& key, Sensor sensor, const UdpReceiverConfig& config)
        : key_(key), writer_(sensor), window_(config.reorder), allowance_(config.sender_limit_hz) {}

    [[nodiscard]] const SenderKey& key() const { return key_; }
    [[nodiscard]] std::uint64_t last_heard_us() const { return last_heard_us_; }

    /// Take one datagram. More than `room` waiting events are left out and counted.
    void take_spif(std::span<const std::byte> datagram, std::uint64_t arrival_us, std::size_t room);
    void take_framed(const FramedHeader& header, std::span<const std::byte> records, std::uint64_t arrival_us,
                     std::size_t room);

    /// Deliver what has waited long enough for datagrams before it, and close the packet under construction.
    void finish(std::uint64_t now_us);

    [[nodiscard]] bool has_packet() const { return !ready_.empty(); }
    [[nodiscard]] Packet take_packet();
    /// Memory that waiting events take, in events: a packet itself takes that of a few.
    [[nodiscard]] std::size_t waiting_events() const {
        return ready_events_ + unfinished_events_ +
               (ready_.size() + writer_.ready.size()) * (sizeof(Packet) / sizeof(Event));
    }
    [[nodiscard]] std::optional<std::uint64_t> deadline_us() const { return window_.deadline_us(); }

    [[nodiscard]] bool is_framed() const { return is_framed_; }
    [[nodiscard]] bool ended() const { return window_.ended(); }
    /// Add what this sender's datagrams came to.
    void add_to(UdpCounters& counters) const;

private:
    [[nodiscard]] bool is_allowed(std::size_t events, std::uint64_t arrival_us, std::size_t room);
    void count_limited(std::size_t events);
    void count(std::size_t events) {
        taken_events_ += events;
        unfinished_events_ += events;
    }
    void deliver_due(std::uint64_t now_us);
    void deliver(std::span<const std::byte> records, std::uint64_t t0_us);

    SenderKey key_;
    std::uint64_t last_heard_us_ = 0;
    PacketWriter writer_;
    std::deque<Packet> ready_;
    std::size_t ready_events_ = 0;
    std::size_t unfinished_events_ = 0;  ///< with the writer
    SpifState spif_;
    ReorderWindow window_;
    Allowance allowance_;
    bool is_framed_ = false;
    std::uint64_t outside_framed_ = 0;
    std::uint64_t limited_ = 0;
    std::uint64_t limited_events_ = 0;
    std::uint64_t taken_events_ = 0;
};

}  // namespace aestream::net
