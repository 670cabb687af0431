#include <algorithm>
#include <cstring>
#include <exception>
#include <limits>
#include <vector>

#include "aestream_core/errors.hpp"
#include "aestream_core/stream.hpp"

namespace aestream {

namespace {

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

/// Events of one outgoing packet that lie in several incoming buffers, until it is complete.
class Pieces {
public:
    [[nodiscard]] bool empty() const { return parts_.empty(); }
    [[nodiscard]] std::uint64_t count() const { return count_; }

    /// Whether all offsets still fit 32 bits on one common base with that part added.
    [[nodiscard]] bool fits(const Packet& part) const {
        if (parts_.empty() || part.empty()) return true;
        return std::max(farthest_us(), part.latest_us()) - std::min(base_us_, part.t0_us()) <=
               std::uint64_t{UINT32_MAX};
    }

    void add(Packet part) {
        if (part.empty()) return;
        if (!parts_.empty()) farthest_us_ = std::max(farthest_us(), part.latest_us());
        base_us_ = parts_.empty() ? part.t0_us() : std::min(base_us_, part.t0_us());
        count_ += part.size();
        parts_.push_back(std::move(part));
    }

    /// The packet: a view where one buffer holds it all, else a joined copy.
    [[nodiscard]] Packet take() {
        Packet whole = parts_.size() == 1 ? std::move(parts_.front()) : joined();
        parts_.clear();
        count_ = 0;
        return whole;
    }

private:
    /// Looked for only once there is something to join: a lone part is handed on unread.
    [[nodiscard]] std::uint64_t farthest_us() const {
        return parts_.size() == 1 ? parts_.front().latest_us() : farthest_us_;
    }

    [[nodiscard]] Packet joined() const {
        BufferRef buffer = BufferPool::shared().acquire(count_ * sizeof(Event));
        auto* out = reinterpret_cast<Event*>(buffer->data());
        for (const Packet& part : parts_) {
            const auto shift = static_cast<std::uint32_t>(part.t0_us() - base_us_);
            for (Event event : part.events()) {
                event.t += shift;
                *out++ = event;
            }
        }
        return {base_us_, parts_.front().sensor(), std::move(buffer), 0, count_};
    }

    std::vector<Packet> parts_;
    std::uint64_t base_us_ = 0;
    std::uint64_t farthest_us_ = 0;
    std::uint64_t count_ = 0;
};

std::uint64_t window_end(std::uint64_t t_us, const Slicing& slicing) {
    if (!slicing.packet_us) return no_limit;
    const std::uint64_t window = *slicing.packet_us;
    return (t_us / window + 1) * window;
}

void check(const Slicing& slicing) {
    if (slicing.packet_us == 0U) throw InvalidArgument("packet_us is 0; it must be 1 or more");
    if (slicing.packet_events == 0U) throw InvalidArgument("packet_events is 0; it must be 1 or more");
}

/// The next packet; at a fault nothing, so that what is pending can be handed out before the fault is thrown.
std::optional<Packet> next_or_fault(PacketStream& upstream, std::exception_ptr& fault) {
    try {
        return upstream.next();
    } catch (...) {
        fault = std::current_exception();
        return std::nullopt;
    }
}

PacketStream sliced(PacketStream upstream, Slicing slicing) {
    const std::uint64_t most_events = slicing.packet_events.value_or(no_limit);
    Pieces pieces;
    std::uint64_t end_us = no_limit;
    std::exception_ptr fault;
    while (std::optional<Packet> next = next_or_fault(upstream, fault)) {
        const Packet& packet = *next;
        std::size_t at = 0;
        while (at < packet.size()) {
            if (pieces.empty()) end_us = window_end(packet.time_us(at), slicing);
            Packet rest = packet.view(at, packet.size());
            const std::uint64_t room = most_events - pieces.count();
            const std::size_t span = std::min<std::uint64_t>(rest.size(), room);
            const std::size_t upto = std::min(span, rest.view(0, span).find_first_at_or_after(end_us));
            Packet part = rest.view(0, upto);
            const bool fits = pieces.fits(part);
            if (fits) {
                pieces.add(std::move(part));
                at += upto;
            }
            const bool full = pieces.count() >= most_events || upto < span || !fits;
            if (full && !pieces.empty()) co_yield pieces.take();
        }
    }
    if (!pieces.empty()) co_yield pieces.take();
    if (fault) std::rethrow_exception(fault);
}

}  // namespace

PacketStream slice(PacketStream upstream, Slicing slicing) {
    check(slicing);
    return slicing.active() ? sliced(std::move(upstream), slicing) : std::move(upstream);
}

std::vector<Packet> join(PacketStream upstream) {
    std::vector<Packet> packets;
    for (Packet& packet : sliced(std::move(upstream), {.packet_us = {}, .packet_events = no_limit})) {
        packets.push_back(std::move(packet));
    }
    return packets;
}

PacketStream number(PacketStream upstream) {
    std::uint64_t seq = 0;
    for (Packet& packet : upstream) {
        packet.seq = seq++;
        co_yield std::move(packet);
    }
}

}  // namespace aestream
