#include "net/sender_table.hpp"

#include <algorithm>
#include <utility>

namespace aestream::net {

namespace {

constexpr std::uint64_t active_us = 1'000'000;

}  // namespace

Sender& SenderTable::find(const SenderKey& key, Sensor sensor, std::uint64_t now_us) {
    if (last_found_ < senders_.size() && senders_[last_found_]->key() == key) return *senders_[last_found_];
    auto at = std::ranges::find_if(senders_, [&](const auto& each) { return each->key() == key; });
    if (at == senders_.end()) {
        if (senders_.size() >= config_.most_senders) evict_silent(now_us);
        ++met_;
        senders_.push_back(std::make_unique<Sender>(key, sensor, config_));
        at = std::prev(senders_.end());
    }
    last_found_ = static_cast<std::size_t>(at - senders_.begin());
    return **at;
}

/// Forget the sender that was silent for longest; its events still go out.
void SenderTable::evict_silent(std::uint64_t now_us) {
    const auto silent = std::ranges::min_element(senders_, {}, [](const auto& each) { return each->last_heard_us(); });
    (*silent)->finish(now_us);
    while ((*silent)->has_packet()) left_over_.push_back((*silent)->take_packet());
    (*silent)->add_to(left_);
    framed_left_ = framed_left_ || (*silent)->ended();
    ++left_.evicted;
    senders_.erase(silent);
}

std::size_t SenderTable::active(std::uint64_t now_us) const {
    const auto count =
        std::ranges::count_if(senders_, [&](const auto& each) { return each->last_heard_us() + active_us >= now_us; });
    return static_cast<std::size_t>(std::max<std::ptrdiff_t>(count, 1));
}

void SenderTable::finish(std::uint64_t now_us) {
    for (const auto& each : senders_) each->finish(now_us);
}

std::optional<Packet> SenderTable::take_packet() {
    if (!left_over_.empty()) {
        Packet packet = std::move(left_over_.front());
        left_over_.erase(left_over_.begin());
        return packet;
    }
    for (std::size_t i = 0; i < senders_.size(); ++i) {
        turn_ = (turn_ + 1) % senders_.size();
        if (senders_[turn_]->has_packet()) return senders_[turn_]->take_packet();
    }
    return std::nullopt;
}

std::size_t SenderTable::waiting_events() const {
    std::size_t events = 0;
    for (const Packet& packet : left_over_) events += packet.size();
    for (const auto& each : senders_) events += each->waiting_events();
    return events;
}

std::optional<std::uint64_t> SenderTable::deadline_us() const {
    std::optional<std::uint64_t> earliest;
    for (const auto& each : senders_) {
        if (const auto deadline = each->deadline_us()) earliest = std::min(earliest.value_or(*deadline), *deadline);
    }
    return earliest;
}

bool SenderTable::all_ended() const {
    bool any = framed_left_;
    for (const auto& each : senders_) {
        if (each->is_framed() && !each->ended()) return false;
        any = any || each->is_framed();
    }
    return any;
}

void SenderTable::add_to(UdpCounters& counters) const {
    counters.events += left_.events;
    counters.outside_sensor += left_.outside_sensor;
    counters.cut_bytes += left_.cut_bytes;
    counters.limited += left_.limited;
    counters.limited_events += left_.limited_events;
    counters.sequence += left_.sequence;
    counters.evicted += left_.evicted;
    counters.senders += met_;
    for (const auto& each : senders_) each->add_to(counters);
}

}  // namespace aestream::net
