#include "outcome.hpp"

#include <algorithm>
#include <bit>

#include "harness.hpp"

namespace aestream::fuzz {

namespace {

constexpr std::size_t kept_for_messages = 64;

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15U;
    return hash ^ (hash >> 29U);
}

std::string text(std::uint64_t t_us, Event event) {
    return std::to_string(t_us) + "," + std::to_string(event.x) + "," + std::to_string(event.y()) + "," +
           (event.on() ? "1" : "0");
}

std::uint64_t mixed(std::uint64_t hash, const Frame& frame) {
    const std::size_t bytes =
        std::size_t{frame.width} * frame.height * frame.channels * std::size_t{frame.bytes_per_sample};
    require(bytes == 0 || (frame.pixels && frame.pixels->capacity_bytes() >= bytes), "a frame has all its pixels");
    hash = mixed(mixed(hash, frame.start_us), frame.end_us);
    for (std::size_t i = 0; i < bytes; ++i) hash = mixed(hash, std::to_integer<std::uint64_t>(frame.pixels->data()[i]));
    return hash;
}

std::uint64_t mixed(std::uint64_t hash, const ImuSample& sample) {
    hash = mixed(mixed(hash, sample.t_us), std::bit_cast<std::uint32_t>(sample.temperature_c));
    for (const auto& axes : {sample.acceleration_g, sample.angular_rate_dps, sample.magnetic_field_ut}) {
        for (std::size_t axis = 0; axis < 3; ++axis) hash = mixed(hash, std::bit_cast<std::uint32_t>(axes[axis]));
    }
    return hash;
}

bool same(const DecodeCounters& a, const DecodeCounters& b) {
    return a.outside_sensor == b.outside_sensor && a.triggers == b.triggers && a.skipped_words == b.skipped_words &&
           a.unknown_words == b.unknown_words && a.skipped_packets == b.skipped_packets && a.damaged == b.damaged;
}

std::string described(const Outcome& outcome) {
    return std::to_string(outcome.events.count()) + " events, " + (outcome.fault_byte ? outcome.fault : "no fault");
}

std::string first_difference(const Tally& one, const Tally& other) {
    const auto a = one.first();
    const auto b = other.first();
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
        const std::string left = i < a.size() ? a[i] : "none";
        const std::string right = i < b.size() ? b[i] : "none";
        if (left != right) return "event " + std::to_string(i) + " is " + left + " and " + right;
    }
    return "the first events are the same";
}

}  // namespace

void Tally::take(const Packet& packet, std::uint64_t add_us, std::uint64_t from_us) {
    const Sensor sensor = packet.sensor();
    for (const Event event : packet.events()) {
        require(sensor.contains(event.x, event.y()), "events lie on the sensor");
        const std::uint64_t t_us = packet.t0_us() + event.t;
        require(t_us >= packet.t0_us(), "times do not overflow");
        if (t_us >= from_us) take(t_us + add_us, event);
    }
}

void Tally::take(std::uint64_t t_us, Event event) {
    if (count_ == remember_at_) remembered_hash_ = hash_;
    ascending_ = ascending_ && t_us >= last_us_;
    last_us_ = t_us;
    ++count_;
    hash_ = mixed(mixed(hash_, t_us), std::uint64_t{event.x} << 16U | event.yp);
    if (first_.size() < kept_for_messages) first_.emplace_back(t_us, event);
}

std::vector<std::string> Tally::first() const {
    std::vector<std::string> texts;
    for (const auto& [t_us, event] : first_) texts.push_back(text(t_us, event));
    return texts;
}

std::uint64_t hash_of(SideRecords& side) {
    std::uint64_t hash = 1;
    for (const Trigger& each : side.take_triggers()) {
        hash = mixed(mixed(hash, each.t_us), std::uint64_t{each.id} << 16U | each.value);
    }
    for (const ImuSample& each : side.take_imu()) hash = mixed(hash, each);
    for (const Frame& each : side.take_frames()) hash = mixed(hash, each);
    return hash;
}

void require_equal(const Tally& one, const Tally& other, const std::string& ways) {
    if (one.count() == other.count() && one.hash() == other.hash()) return;
    fail(ways + " give the same events; they give " + std::to_string(one.count()) + " and " +
         std::to_string(other.count()) + ", " + first_difference(one, other));
}

void require_equal(const Outcome& one, const Outcome& other, const std::string& ways) {
    require_equal(one.events, other.events, ways);
    if (one.fault_byte != other.fault_byte) {
        fail(ways + " find the same fault; " + described(one) + " and " + described(other));
    }
    if (one.counters && other.counters && !same(*one.counters, *other.counters)) fail(ways + " count the same");
    if (one.side_hash != other.side_hash) fail(ways + " give the same triggers, IMU samples and frames");
}

}  // namespace aestream::fuzz
