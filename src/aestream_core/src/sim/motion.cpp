// From trajectories to a recording.
#include "aestream_core/motion.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>

#include "aestream_core/errors.hpp"
#include "sim/calibration.hpp"
#include "sim/scene_motion.hpp"
#include "sim/simulation.hpp"

namespace aestream {

namespace {

bool is_possible(const MotionPose& pose) {
    const bool finite = std::isfinite(pose.x_px) && std::isfinite(pose.y_px) && std::isfinite(pose.gain);
    return finite && std::fabs(pose.turns) < 1e6F && pose.scale > 0 && std::isfinite(pose.scale);
}

void check(const Motion& motion) {
    const std::size_t shapes = motion.shapes.size();
    if (shapes == 0 || motion.poses.size() < 2 * shapes || motion.poses.size() % shapes != 0) {
        throw InvalidArgument("a motion of " + std::to_string(shapes) + " shapes has " +
                              std::to_string(motion.poses.size()) +
                              " poses; it must have one a shape at the start and after each of one or more steps");
    }
    if (motion.step_us < 10 || motion.step_us > sim::max_step_us) {
        throw InvalidArgument("step_us is " + std::to_string(motion.step_us) + "; it must be 10 to 4000 us");
    }
    for (const MotionShape& shape : motion.shapes) {
        if (shape.half_width_px > 0 && shape.half_height_px > 0 && std::isfinite(shape.contrast)) continue;
        throw InvalidArgument("a shape has a side or a contrast that is not possible; sides must be above 0 px");
    }
    const auto bad = std::ranges::find_if_not(motion.poses, is_possible);
    if (bad == motion.poses.end()) return;
    throw InvalidArgument("pose " + std::to_string(bad - motion.poses.begin()) +
                          " is not possible; values must be finite, and the scale above 0");
}

Packet joined(const std::vector<Packet>& packets, Sensor sensor) {
    std::size_t size = 0;
    for (const Packet& packet : packets) size += packet.size();
    BufferRef buffer = BufferPool::shared().acquire(size * sizeof(Event));
    auto* out = reinterpret_cast<Event*>(buffer->data());
    for (const Packet& packet : packets) {
        const auto t0_us = static_cast<std::uint32_t>(packet.t0_us());
        for (const Event& event : packet.events()) *out++ = {event.t + t0_us, event.x, event.yp};
    }
    return {0, sensor, std::move(buffer), 0, size};
}

}  // namespace

Packet simulate_motion(const SimConfig& config, const Motion& motion) {
    validate(config);
    check(motion);
    const Sensor sensor = sim::sensor_of(config);
    sim::Simulation simulation(config, std::make_unique<sim::MotionScene>(sensor, motion));
    const std::size_t steps = motion.poses.size() / motion.shapes.size() - 1;
    if (steps * motion.step_us > 0xffff'ffffU) {
        throw InvalidArgument("a motion of " + std::to_string(steps) + " steps is longer than 71 minutes");
    }
    std::vector<Packet> packets;
    sim::EventBlock block;
    for (std::size_t step = 0; step < steps; ++step) {
        const std::uint64_t t_us = step * motion.step_us;
        block.start(t_us);
        simulation.step({t_us, motion.step_us}, static_cast<double>(step + 1), block);
        if (block.size() > 0) packets.push_back(block.sorted(sensor));
    }
    return joined(packets, sensor);
}

}  // namespace aestream
