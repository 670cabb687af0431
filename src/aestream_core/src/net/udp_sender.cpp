#include "aestream_core/udp_sender.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <utility>

#include "aestream_core/errors.hpp"
#include "aestream_core/pacer.hpp"
#include "aestream_core/readiness.hpp"
#include "net/datagram_builder.hpp"
#include "net/throttle.hpp"

namespace aestream {

namespace {

using namespace net;

/// Sensor time that leaves as one burst.
constexpr double burst_us = 500;
/// When the end is said again, in case it gets lost.
constexpr std::chrono::milliseconds pauses_at_end[] = {std::chrono::milliseconds(10), std::chrono::milliseconds(30)};

UdpSenderConfig checked(UdpSenderConfig config) {
    if (config.protocol == UdpProtocol::automatic)
        throw InvalidArgument("protocol is 'auto'; senders choose framed or spif");
    if (config.rate_hz && !(*config.rate_hz >= 1)) throw InvalidArgument("rate_hz must be 1 or more");
    return config;
}

}  // namespace

class UdpSender::Impl {
public:
    Impl(UdpSenderConfig config, std::stop_token stop)
        : config_(checked(std::move(config))),
          builder_(config_, events_per_datagram(config_)),
          address_(on_interface(resolve(config_.address, config_.port), interface_number(config_.interface))),
          socket_(address_.family()),
          batch_(socket_, counters_),
          stop_(std::move(stop)) {
        socket_.ask_for_send_buffer(config_.buffer_bytes);
        if (address_.is_multicast()) {
            set_multicast(socket_, address_.family(), {interface_number(config_.interface), config_.ttl, config_.loop});
        }
        socket_.connect(address_);
        if (config_.rate_hz) throttle_.emplace(*config_.rate_hz, stop_);
        if (config_.speed) pacer_.emplace(*config_.speed, stop_);
    }

    void write(const Packet& packet) {
        if (closed_) throw Error("the sender to " + address_.text() + " is closed");
        std::size_t at = 0;
        while (at < packet.size()) {
            const Packet burst = packet.view(at, at + burst_size(packet, at));
            wait_until_due(burst);
            send(builder_.build(burst));
            at += burst.size();
        }
    }

    void close() {
        if (std::exchange(closed_, true)) return;
        const auto end = builder_.build_end();
        send(end);
        for (const auto pause : pauses_at_end) {
            if (end.empty() || !sleep_until(Readiness::Clock::now() + pause, stop_)) return;
            // Whoever listened may have ended with the first one.
            const std::uint64_t refused = counters_.refused;
            send(end);
            counters_.refused = refused;
        }
    }

    [[nodiscard]] UdpSenderCounters counters() const {
        const std::lock_guard lock(published_lock_);
        return published_;
    }
    [[nodiscard]] std::string place() const { return address_.text(); }

private:
    /// Events from there on that leave together.
    [[nodiscard]] std::size_t burst_size(const Packet& packet, std::size_t at) const {
        std::size_t most = std::min(builder_.most_events(), packet.size() - at);
        if (throttle_) {
            const std::size_t datagrams = throttle_->most_at_once() / builder_.per_datagram();
            most = std::min(most, std::max<std::size_t>(datagrams, 1) * builder_.per_datagram());
        }
        if (config_.speed) {
            const auto until_us =
                packet.time_us(at) + static_cast<std::uint64_t>(1 + burst_us * std::min(*config_.speed, 1e9));
            most = std::clamp<std::size_t>(packet.view(at, at + most).find_first_at_or_after(until_us), 1, most);
        }
        return most;
    }

    void wait_until_due(const Packet& burst) {
        if (throttle_) throttle_->wait_for(burst.size());
        if (pacer_) pacer_->wait_for(burst.first_us());
    }

    void send(std::span<const Outgoing> datagrams) {
        if (!datagrams.empty()) batch_.send(datagrams, config_.patience_s, stop_);
        const std::lock_guard lock(published_lock_);
        published_ = counters_;
        published_.not_encodable = builder_.not_encodable();
    }

    UdpSenderConfig config_;
    DatagramBuilder builder_;
    Address address_;
    UdpSocket socket_;
    UdpSenderCounters counters_;
    SendBatch batch_;
    std::stop_token stop_;
    std::optional<Throttle> throttle_;
    std::optional<Pacer> pacer_;
    bool closed_ = false;
    mutable std::mutex published_lock_;
    UdpSenderCounters published_;
};

UdpSender::UdpSender(UdpSenderConfig config, std::stop_token stop)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(stop))) {}
UdpSender::~UdpSender() = default;

void UdpSender::write(const Packet& packet) { impl_->write(packet); }
void UdpSender::close() { impl_->close(); }
UdpSenderCounters UdpSender::counters() const { return impl_->counters(); }
std::string UdpSender::place() const { return impl_->place(); }

}  // namespace aestream
