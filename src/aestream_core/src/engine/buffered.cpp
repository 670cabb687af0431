#include "aestream_core/buffered.hpp"

#include <exception>
#include <optional>
#include <thread>
#include <utility>

#include "aestream_core/errors.hpp"
#include "aestream_core/spsc_ring.hpp"
#include "gate.hpp"

namespace aestream {

namespace {

void add(std::atomic<std::uint64_t>& counter, std::uint64_t count) {
    counter.store(counter.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
}

/// The ring, and the thread that fills it.
class HandOver {
public:
    HandOver(PacketStream upstream, BufferOptions options, std::stop_source stop,
             std::shared_ptr<HandOverCounters> counters)
        : upstream_(std::move(upstream)),
          when_full_(options.when_full),
          stop_(std::move(stop)),
          counters_(std::move(counters)),
          ring_(options.packets),
          filled_(stop_.get_token()),
          emptied_(stop_.get_token()),
          thread_([this] { run(); }) {}
    ~HandOver() { stop_.request_stop(); }
    HandOver(const HandOver&) = delete;
    HandOver& operator=(const HandOver&) = delete;

    /// The oldest packet; nothing at the end, where a fault is thrown.
    std::optional<Packet> next() {
        if (!filled_.wait([this] { return !ring_.empty() || done_.load(std::memory_order_acquire); })) return {};
        std::optional<Packet> packet = ring_.take();
        if (packet) {
            if (has_room()) emptied_.wake();
        } else if (fault_) {
            std::rethrow_exception(std::exchange(fault_, nullptr));
        }
        return packet;
    }

private:
    void run() {
        try {
            while (std::optional<Packet> packet = upstream_.next()) {
                if (!hand_over(*packet)) break;
            }
        } catch (...) {
            fault_ = std::current_exception();
        }
        done_.store(true, std::memory_order_release);
        filled_.wake();
    }

    /// False where stop was requested.
    bool hand_over(Packet& packet) {
        const std::uint64_t events = packet.size();
        if (when_full_ == WhenFull::drop && ring_.full()) {
            add(counters_->dropped_packets, 1);
            add(counters_->dropped_events, events);
            return true;
        }
        if (ring_.full() && !emptied_.wait([this] { return has_room(); })) return false;
        ring_.put(packet);
        add(counters_->packets, 1);
        add(counters_->events, events);
        filled_.wake();
        return true;
    }

    /// Once it was full, half of it: the threads do not wake each other for every packet.
    [[nodiscard]] bool has_room() const { return ring_.size() <= ring_.capacity() / 2; }

    PacketStream upstream_;
    WhenFull when_full_;
    std::stop_source stop_;
    std::shared_ptr<HandOverCounters> counters_;
    SpscRing<Packet> ring_;
    Gate filled_;
    Gate emptied_;
    std::exception_ptr fault_;  // before done_, which hands it over
    std::atomic<bool> done_ = false;
    std::jthread thread_;  // last, so that it ends before what it uses
};

PacketStream handed_over(PacketStream upstream, BufferOptions options, std::stop_source stop,
                         std::shared_ptr<HandOverCounters> counters) {
    HandOver hand_over(std::move(upstream), options, std::move(stop), std::move(counters));
    while (std::optional<Packet> packet = hand_over.next()) co_yield *std::move(packet);
}

}  // namespace

PacketStream buffered(PacketStream upstream, BufferOptions options, std::stop_source stop,
                      std::shared_ptr<HandOverCounters> counters) {
    if (options.packets < 1) throw InvalidArgument("packets is 0; there must be room for 1 or more");
    return handed_over(std::move(upstream), options, std::move(stop), std::move(counters));
}

}  // namespace aestream
