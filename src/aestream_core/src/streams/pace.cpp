#include <chrono>
#include <utility>

#include "aestream_core/pacer.hpp"
#include "aestream_core/raw_packet.hpp"
#include "aestream_core/stream.hpp"

namespace aestream {

namespace {
// Sensors report events a few µs late; more than this is a recording that starts again.
constexpr std::uint64_t jump_back_us = 1'000'000;
}  // namespace

bool Pacer::wait_for(std::uint64_t t_us) {
    const auto now = Clock::now();
    if (!started_ || t_us + jump_back_us < last_us_ || t_us < first_us_) {
        started_ = true;
        first_us_ = t_us;
        start_ = now;
    }
    last_us_ = t_us;
    const double due_us = static_cast<double>(t_us - first_us_) / speed_;
    const auto due =
        start_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double, std::micro>(due_us));
    if (due <= now) return !stop_.stop_requested();
    return alarm_.wait(due) != Wake::stopped;
}

PacketStream pace(PacketStream upstream, double speed, std::stop_token stop) {
    Pacer pacer(speed, stop);
    for (Packet& packet : upstream) {
        if (!packet.empty()) {
            pacer.wait_for(packet.first_us());
            if (!pacer.wait_for(packet.last_us())) co_return;
        }
        co_yield std::move(packet);
    }
}

RawStream pace(RawStream upstream, double speed, std::stop_token stop) {
    Pacer pacer(speed, std::move(stop));
    bool started = false;
    for (RawPacket& packet : upstream) {
        if (!std::exchange(started, true)) pacer.wait_for(packet.base_us);
        if (!pacer.wait_for(packet.last_us)) co_return;
        co_yield std::move(packet);
    }
}

PacketStream until_stopped(PacketStream upstream, std::stop_token stop) {
    try {
        for (Packet& packet : upstream) {
            if (stop.stop_requested()) co_return;
            co_yield std::move(packet);
        }
    } catch (const Stopped&) {  // a source that was waiting
    }
}

}  // namespace aestream
