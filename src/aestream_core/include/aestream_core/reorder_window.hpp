// Puts the numbered datagrams of one sender back into order, and counts those that are missing.
#pragma once

#include <bitset>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "aestream_core/framed_datagram.hpp"

namespace aestream {

/// What became of the datagrams of framed senders.
struct SequenceCounters {
    std::uint64_t lost_datagrams = 0;  ///< numbers that never came
    std::uint64_t lost_events = 0;     ///< events in them, as the headers around them say
    std::uint64_t reordered = 0;       ///< datagrams that came behind a later one
    std::uint64_t late = 0;        ///< of these, those that came too late to be put into place; delivered as they came
    std::uint64_t duplicated = 0;  ///< datagrams that came again, not delivered
    std::uint64_t stale = 0;       ///< datagrams from too far back, or of a session that is over; not delivered
    std::uint64_t restarts = 0;    ///< sessions that replaced another one of the same address

    SequenceCounters& operator+=(const SequenceCounters& other);
};

/// How far datagrams may lie apart from their places.
struct ReorderLimits {
    std::size_t datagrams = 16;                 ///< how many a datagram waits for; 0 gives everything as it comes
    std::size_t bytes = std::size_t{1} << 18U;  ///< what waits in all
    std::chrono::microseconds longest{10'000};  ///< how long one waits
};

/// A datagram that waited for its turn.
struct HeldDatagram {
    FramedHeader header;
    std::vector<std::byte> records;
    std::uint64_t arrival_us = 0;
};

/// One sender's sequence. Hand each datagram to take(), deliver it where told, then deliver what next_due() gives.
class ReorderWindow {
public:
    explicit ReorderWindow(ReorderLimits limits) : limits_(limits) {}

    /// Say what is to be done with a datagram: true is deliver it now; false is that it waits or is left out.
    [[nodiscard]] bool take(const FramedHeader& header, std::span<const std::byte> records, std::uint64_t now_us);

    /// The next one that has waited long enough, or whose turn has come.
    [[nodiscard]] std::optional<HeldDatagram> next_due(std::uint64_t now_us);

    /// When next_due() has something to give at the latest, if nothing comes before.
    [[nodiscard]] std::optional<std::uint64_t> deadline_us() const;

    [[nodiscard]] const SequenceCounters& counters() const { return counters_; }
    /// Datagrams that were not and will not be delivered.
    [[nodiscard]] std::uint64_t left_out() const { return counters_.duplicated + counters_.stale; }
    /// Whether the sender has said that its stream is over, and everything before was delivered or given up.
    [[nodiscard]] bool ended() const { return ended_; }

private:
    static constexpr std::uint64_t remembered = 1024;

    void begin(const FramedHeader& header);
    void restart(const FramedHeader& header);
    [[nodiscard]] std::uint64_t position_of(std::uint32_t seq) const;
    [[nodiscard]] bool take_late(const FramedHeader& header, std::uint64_t position);
    [[nodiscard]] bool hold(const FramedHeader& header, std::span<const std::byte> records, std::uint64_t now_us);
    [[nodiscard]] bool is_due(const HeldDatagram& first, std::uint64_t now_us) const;
    void pass(const FramedHeader& header, std::uint64_t position);
    void give_up(std::uint64_t count, std::uint64_t events);
    HeldDatagram take_first();

    ReorderLimits limits_;
    SequenceCounters counters_;
    bool begun_ = false;
    bool ended_ = false;
    std::uint32_t session_ = 0;
    std::optional<std::uint32_t> last_session_;
    std::uint64_t first_ = 0;           ///< position of the first datagram that came
    std::uint64_t next_ = 0;            ///< position of the next one in order
    std::uint64_t highest_ = 0;         ///< position of the latest one that came
    std::uint64_t expected_event_ = 0;  ///< events before next_
    std::bitset<remembered> came_;      ///< for the positions before next_
    std::vector<HeldDatagram> held_;    ///< by position, the first last
    std::size_t held_bytes_ = 0;
    std::vector<HeldDatagram> left_over_;  ///< of a session that is over, the first last
};

}  // namespace aestream
