// From a configuration to a stream: steps gathered into packets of about a millisecond.
#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "aestream_core/simulator.hpp"
#include "sim/calibration.hpp"
#include "sim/rate_control.hpp"
#include "sim/simulation.hpp"

namespace aestream {

namespace {

using namespace sim;

constexpr std::uint32_t packet_us = 1000;         // a packet ends with the first step that reaches this
constexpr std::size_t packet_events = 1U << 16U;  // or this
static_assert(packet_us + max_step_us <= EventBlock::max_length_us);

class Run {
public:
    explicit Run(const SimConfig& config)
        : sensor_(sensor_of(config)),
          end_us_(config.duration_us.value_or(std::numeric_limits<std::uint64_t>::max())),
          control_(config),
          simulation_(config) {}

    [[nodiscard]] bool finished() const { return t_us_ >= end_us_; }

    /// Simulate one packet's time; the packet may be empty.
    Packet next_packet() {
        block_.start(t_us_);
        while (!finished() && t_us_ - block_.t0_us() < packet_us && block_.size() < packet_events) step();
        return block_.sorted(sensor_);
    }

private:
    void step() {
        const std::uint64_t left_us = end_us_ - t_us_;
        const auto length_us =
            static_cast<std::uint32_t>(std::min<std::uint64_t>(step_us_at(control_.speed_px_s()), left_us));
        const std::size_t events_before = block_.size();
        path_px_ += control_.speed_px_s() * length_us * 1e-6;
        simulation_.step({t_us_, length_us}, path_px_, block_);
        control_.observe(length_us, block_.size() - events_before);
        t_us_ += length_us;
    }

    Sensor sensor_;
    std::uint64_t end_us_;
    RateControl control_;
    Simulation simulation_;
    EventBlock block_;
    std::uint64_t t_us_ = 0;
    double path_px_ = 0;
};

PacketStream packets_of(std::unique_ptr<Run> run, std::stop_token stop) {
    while (!run->finished() && !stop.stop_requested()) {
        Packet packet = run->next_packet();
        if (!packet.empty()) co_yield std::move(packet);
    }
}

}  // namespace

PacketStream simulate(SimConfig config, std::stop_token stop) {
    validate(config);
    return packets_of(std::make_unique<Run>(config), std::move(stop));
}

}  // namespace aestream
