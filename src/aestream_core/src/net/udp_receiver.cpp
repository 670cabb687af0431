#include "aestream_core/udp_receiver.hpp"

#include <netinet/udp.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>

#include "aestream_core/errors.hpp"
#include "aestream_core/readiness.hpp"
#include "net/datagram_intake.hpp"

namespace aestream {

namespace {

using namespace net;
using Clock = Readiness::Clock;

Clock::duration seconds(double value) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(std::min(value, 1e9)));
}

/// Of one sender alone, as much is taken at a time: the rest waits in the kernel, which holds it at no cost.
constexpr std::size_t enough_events = std::size_t{1} << 16U;
/// Of several, all is taken that waits, so that whoever sends too much does not take the others' room there; this many
/// rounds at most, so that a flood does not keep what came before it from going out.
constexpr int most_rounds = 16;

/// A multicast group is joined on this machine alone unless an interface is named.
unsigned interface_of(const UdpReceiverConfig& config, const Address& address) {
    if (!address.is_multicast()) return 0;
    return interface_number(config.interface.empty() ? "lo" : config.interface);
}

Address address_of(const UdpReceiverConfig& config) {
    const Address address = resolve(config.address, config.port);
    return on_interface(address, interface_of(config, address));
}

}  // namespace

class UdpReceiver::Impl {
public:
    Impl(UdpReceiverConfig config, std::stop_token stop)
        : config_(std::move(config)),
          address_(address_of(config_)),
          socket_(address_.family()),
          intake_(config_),
          stop_(stop),
          readiness_(std::move(stop)) {
        prepare();
        readiness_.watch(socket_.descriptor(), Direction::readable);
    }

    std::optional<Packet> next() {
        const std::lock_guard only_one(waiting_);
        while (!stop_.stop_requested()) {
            if (auto packet = step()) return packet;
            if (is_over() || readiness_.wait(deadline()) == Wake::stopped) break;
        }
        return std::nullopt;
    }

    std::optional<Sensor> wait_for_sensor(double timeout_s) {
        const auto until = Clock::now() + seconds(timeout_s);
        std::unique_lock only_one(waiting_, std::defer_lock);
        if (known_sensor() || !only_one.try_lock_until(until)) return known_sensor();
        while (!stop_.stop_requested()) {
            drain();
            if (known_sensor() || is_over() || Clock::now() >= until) break;
            if (readiness_.wait(std::min(until, deadline().value_or(until))) == Wake::stopped) break;
        }
        return known_sensor();
    }

    [[nodiscard]] bool is_over() const {
        const std::lock_guard lock(state_);
        return stop_.stop_requested() || is_at_end();
    }
    [[nodiscard]] Address local_address() const { return socket_.local_address(); }
    [[nodiscard]] std::uint64_t opened_unix_us() const { return clock_.opened_unix_us(); }

    [[nodiscard]] UdpCounters counters() const {
        const std::lock_guard lock(state_);
        UdpCounters counters = intake_.counters();
        counters.kernel_dropped = socket_.kernel_drops();
        counters.buffer_bytes = buffer_bytes_;
        return counters;
    }

private:
    void prepare() {
        if (address_.is_ipv6()) socket_.set(IPPROTO_IPV6, IPV6_V6ONLY, 1);
        if (address_.is_multicast()) socket_.require(SOL_SOCKET, SO_REUSEADDR, 1, "the address for several receivers");
        buffer_bytes_ = socket_.ask_for_receive_buffer(config_.buffer_bytes);
        // Neither must work: datagrams come one by one then, and are stamped when they are read.
        socket_.set(SOL_UDP, UDP_GRO, 1);
        socket_.set(SOL_SOCKET, SO_TIMESTAMPNS, 1);
        if (!intake_.allowed().empty()) accept_only(socket_, address_.family(), intake_.allowed());
        socket_.bind(address_);
        if (address_.is_multicast()) join_group(socket_, address_, interface_of(config_, address_));
    }

    [[nodiscard]] std::optional<Sensor> known_sensor() const {
        const std::lock_guard lock(state_);
        return intake_.sensor();
    }

    /// Take what has come, and give the next packet of it.
    std::optional<Packet> step() {
        if (!takes_no_more()) drain();
        const std::lock_guard lock(state_);
        if (all_given_) return std::nullopt;
        std::optional<Packet> packet = intake_.senders().take_packet();
        if (!packet) {
            all_given_ = is_at_end() || (config_.once && intake_.senders().all_ended());
            return packet;
        }
        return within_count(*std::move(packet));
    }

    Packet within_count(Packet packet) {
        const std::uint64_t left = config_.most_events.value_or(UINT64_MAX) - given_events_;
        if (packet.size() > left) packet = packet.view(0, left);
        given_events_ += packet.size();
        if (given_events_ >= config_.most_events.value_or(UINT64_MAX)) all_given_ = true;
        return packet;
    }

    /// Whether what comes now is not wanted any more. Silence does not say so before it was looked what came meanwhile.
    [[nodiscard]] bool takes_no_more() const {
        const std::lock_guard lock(state_);
        const auto over = duration_end();
        return all_given_ || (over && Clock::now() >= *over);
    }

    /// Until when there is nothing to do if nothing comes.
    [[nodiscard]] std::optional<Clock::time_point> deadline() const {
        const std::lock_guard lock(state_);
        auto earliest = end_time();
        if (const auto held_us = intake_.senders().deadline_us()) {
            const auto due = clock_.time_point(*held_us);
            earliest = std::min(earliest.value_or(due), due);
        }
        return earliest;
    }

    void drain() {
        const std::lock_guard lock(state_);
        for (int round = 0; round < most_rounds; ++round) {
            const auto received = batch_.receive(socket_);
            clock_.look();
            for (const Received& each : received) intake_.take(each, clock_);
            if (batch_.emptied() || is_enough()) break;
        }
        intake_.senders().finish(clock_.now_us());
    }

    [[nodiscard]] bool is_enough() const {
        const SenderTable& senders = intake_.senders();
        return senders.waiting_events() >= enough_events && senders.active(clock_.now_us()) == 1;
    }

    // These look at what state_ guards: call them while it is held.

    [[nodiscard]] bool is_at_end() const {
        const auto end = end_time();
        return all_given_ || (end && Clock::now() >= *end);
    }

    /// When the stream ends if nothing comes any more.
    [[nodiscard]] std::optional<Clock::time_point> end_time() const {
        auto end = duration_end();
        if (config_.idle_timeout_s) {
            const auto idle = clock_.time_point(intake_.last_heard_us()) + seconds(*config_.idle_timeout_s);
            end = std::min(end.value_or(idle), idle);
        }
        return end;
    }

    [[nodiscard]] std::optional<Clock::time_point> duration_end() const {
        if (!config_.duration_s || !intake_.first_heard_us()) return std::nullopt;
        return clock_.time_point(*intake_.first_heard_us()) + seconds(*config_.duration_s);
    }

    UdpReceiverConfig config_;
    Address address_;
    UdpSocket socket_;
    std::size_t buffer_bytes_ = 0;
    std::timed_mutex waiting_;  ///< held by the thread that waits
    mutable std::mutex state_;  ///< of what follows; never held while waiting
    ArrivalClock clock_;
    ReceiveBatch batch_;
    DatagramIntake intake_;
    std::uint64_t given_events_ = 0;
    bool all_given_ = false;
    std::stop_token stop_;
    Readiness readiness_;
};

UdpReceiver::UdpReceiver(UdpReceiverConfig config, std::stop_token stop)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(stop))) {}
UdpReceiver::~UdpReceiver() = default;

std::optional<Packet> UdpReceiver::next() { return impl_->next(); }
std::optional<Sensor> UdpReceiver::wait_for_sensor(double timeout_s) { return impl_->wait_for_sensor(timeout_s); }
bool UdpReceiver::is_over() const { return impl_->is_over(); }
std::uint16_t UdpReceiver::port() const { return impl_->local_address().port(); }
std::string UdpReceiver::place() const { return impl_->local_address().text(); }
std::uint64_t UdpReceiver::opened_unix_us() const { return impl_->opened_unix_us(); }
UdpCounters UdpReceiver::counters() const { return impl_->counters(); }

PacketStream receive(std::shared_ptr<UdpReceiver> receiver) {
    while (auto packet = receiver->next()) co_yield *std::move(packet);
}

}  // namespace aestream
