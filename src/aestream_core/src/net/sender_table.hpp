// The senders that a receiver remembers: a bounded number of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "net/sender.hpp"

namespace aestream::net {

/// Senders by address, for as many as `config.most_senders`; whoever was silent for longest makes room for a new one.
class SenderTable {
public:
    explicit SenderTable(const UdpReceiverConfig& config) : config_(config) {}

    /// The sender of that address; a new one gets this sensor. Void after the next call.
    [[nodiscard]] Sender& find(const SenderKey& key, Sensor sensor, std::uint64_t now_us);

    /// How many were heard in the last second, 1 at least.
    [[nodiscard]] std::size_t active(std::uint64_t now_us) const;

    /// Close every packet under construction, and deliver what waited long enough.
    void finish(std::uint64_t now_us);

    /// The next packet, of one sender after the other.
    [[nodiscard]] std::optional<Packet> take_packet();

    [[nodiscard]] std::size_t waiting_events() const;
    /// When finish() has something to deliver, if nothing comes before.
    [[nodiscard]] std::optional<std::uint64_t> deadline_us() const;
    /// Whether there were framed senders and all have ended their streams.
    [[nodiscard]] bool all_ended() const;
    void add_to(UdpCounters& counters) const;

private:
    void evict_silent(std::uint64_t now_us);

    const UdpReceiverConfig& config_;
    std::vector<std::unique_ptr<Sender>> senders_;
    std::size_t last_found_ = 0;
    std::size_t turn_ = 0;
    std::vector<Packet> left_over_;  ///< packets of senders that were evicted
    UdpCounters left_;               ///< counters of them
    std::uint64_t met_ = 0;
    bool framed_left_ = false;
};

}  // namespace aestream::net
