// The event-camera simulator: a native DVS pixel model over procedural scenes, at a requested mean event rate.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "aestream_core/stream.hpp"

namespace aestream {

/// What one DVS pixel does, as in Lichtsteiner et al. 2008 (doi:10.1109/JSSC.2007.914337), with the mismatch, leak and
/// shot noise of Hu et al. 2021 (v2e, doi:10.1109/CVPRW53098.2021.00144).
struct PixelConfig {
    double threshold_on = 0.2;         ///< rise of log intensity that makes an ON event, 0.01 to 10
    double threshold_off = 0.2;        ///< fall of log intensity that makes an OFF event, 0.01 to 10
    double threshold_mismatch = 0.03;  ///< standard deviation of both thresholds between pixels, relative, 0 to 0.5
    std::uint32_t refractory_us = 10;  ///< time after an event in which the pixel is held in reset, 0 to 100000 µs
    double leak_rate_hz = 0.1;         ///< ON events of a still pixel through junction leak, 0 to 10 Hz
    double shot_noise_rate_hz = 0.1;   ///< events of a still pixel through photon shot noise, 0 to 100 Hz
    double hot_pixel_fraction = 2e-5;  ///< share of the pixels that are hot, 0 to 0.01
    double hot_pixel_rate_hz = 500;    ///< ON events of a hot pixel, 0 to 10000 Hz
};

/// A simulation as a whole. The same configuration gives the same events, on every machine.
struct SimConfig {
    std::uint32_t width = 640;                 ///< columns, 16 to 1280
    std::uint32_t height = 480;                ///< rows, 16 to 720
    std::string scene = "bar";                 ///< one of scene_names()
    double rate_hz = 10e6;                     ///< mean events per second over the whole sensor, 1e3 to 1e9
    std::uint64_t seed = 0;                    ///< of the layout, the mismatch and the noise
    std::optional<std::uint64_t> duration_us;  ///< end of the stream: every event is earlier; endless where absent
    PixelConfig pixel;
};

/// The scenes that `SimConfig::scene` may name.
std::span<const std::string_view> scene_names();

/// Check every field against the bounds above; throws InvalidArgument.
void validate(const SimConfig& config);

/// Simulate from sensor time 0. The motion's speed is calibrated before the first packet and then corrected slowly, so
/// that the mean rate is the requested one. Packets are 1 to 5 ms long and ordered in time.
///
/// Throws InvalidArgument, here or from the first next(), where the rate cannot be had: noise alone makes more
/// events, or the scene at its largest speed makes fewer. Ends between packets once stop is requested.
PacketStream simulate(SimConfig config, std::stop_token stop);

}  // namespace aestream
