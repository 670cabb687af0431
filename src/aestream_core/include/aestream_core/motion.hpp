// Recordings of shapes on given trajectories: the simulator without its control of the event rate.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "aestream_core/packet.hpp"
#include "aestream_core/simulator.hpp"

namespace aestream {

enum class Outline : std::uint8_t { ellipse, box, cross, ring };

/// A shape of one log intensity on a background of 0; where shapes overlap, theirs add up.
struct MotionShape {
    Outline outline = Outline::ellipse;
    double half_width_px = 8;
    double half_height_px = 8;
    double contrast = 0.7;  ///< log intensity; negative is darker than the background
};

/// Where a shape is at the end of one step.
struct MotionPose {
    float x_px, y_px;  ///< of its centre, from the centre of the top left pixel
    float turns;       ///< clockwise as seen, in whole turns
    float scale;       ///< of its sides
    float gain;        ///< of its contrast
};

struct Motion {
    std::vector<MotionShape> shapes;
    std::vector<MotionPose> poses;  ///< step by step, one a shape: the start's, then the end's of each step
    std::uint32_t step_us = 2000;   ///< 10 to 4000 µs; poses move on straight lines within it
};

/// Simulate a whole recording: every step of the motion, with pixels that are adapted to the first pose.
///
/// Of the configuration the scene, rate and duration do not count. Throws InvalidArgument where the poses are not those
/// of whole steps, or a value is outside its bounds.
Packet simulate_motion(const SimConfig& config, const Motion& motion);

}  // namespace aestream
