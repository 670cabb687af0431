// The bounds of every field of a configuration.
#include <sstream>

#include "aestream_core/errors.hpp"
#include "aestream_core/simulator.hpp"

namespace aestream {

namespace {

void require(const char* field, double value, double low, double high, const char* unit) {
    if (value >= low && value <= high) return;
    std::ostringstream text;
    text << field << " is " << value << "; it must be " << low << " to " << high << unit;
    throw InvalidArgument(text.str());
}

void validate(const PixelConfig& pixel) {
    require("threshold_on", pixel.threshold_on, 0.01, 10, "");
    require("threshold_off", pixel.threshold_off, 0.01, 10, "");
    require("threshold_mismatch", pixel.threshold_mismatch, 0, 0.5, "");
    require("refractory_us", pixel.refractory_us, 0, 100000, " us");
    require("leak_rate_hz", pixel.leak_rate_hz, 0, 10, " Hz");
    require("shot_noise_rate_hz", pixel.shot_noise_rate_hz, 0, 100, " Hz");
    require("hot_pixel_fraction", pixel.hot_pixel_fraction, 0, 0.01, "");
    require("hot_pixel_rate_hz", pixel.hot_pixel_rate_hz, 0, 10000, " Hz");
}

}  // namespace

void validate(const SimConfig& config) {
    require("width", config.width, 16, 1280, " px");
    require("height", config.height, 16, 720, " px");
    require("rate_hz", config.rate_hz, 1e3, 1e9, " Hz");
    if (config.duration_us) require("duration_us", static_cast<double>(*config.duration_us), 1, 1e18, " us");
    validate(config.pixel);
}

}  // namespace aestream
