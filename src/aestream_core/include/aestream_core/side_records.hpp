// What recordings hold beside events: triggers, inertial measurements, frames. Collected only where asked for.
#pragma once

#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "aestream_core/buffer_pool.hpp"

namespace aestream {

/// An edge at an external trigger input.
struct Trigger {
    std::uint64_t t_us;
    std::uint16_t id;     ///< input, or the format's own kind of trigger
    std::uint16_t value;  ///< 1 rising, 0 falling
};
static_assert(sizeof(Trigger) == 16);

/// One inertial measurement; NaN where the recording has no value.
struct ImuSample {
    std::uint64_t t_us;
    float temperature_c;
    float acceleration_g[3];     ///< x, y, z
    float angular_rate_dps[3];   ///< x, y, z in degrees per second
    float magnetic_field_ut[3];  ///< x, y, z in µT
};

/// One picture of a frame-based part of the sensor.
struct Frame {
    std::uint64_t start_us = 0;  ///< start of exposure
    std::uint64_t end_us = 0;    ///< end of exposure
    std::uint16_t x = 0;         ///< of the left upper corner on the sensor
    std::uint16_t y = 0;
    std::uint16_t width = 0;
    std::uint16_t height = 0;
    std::uint16_t channels = 1;          ///< 1 grey, 3 blue green red, 4 with alpha
    std::uint16_t bytes_per_sample = 1;  ///< 1, or 2 (little-endian)
    BufferRef pixels;                    ///< height * width * channels samples, row by row from the top
};

/// Where decoders put such records. Decoders write, any thread takes.
class SideRecords {
public:
    struct Wanted {
        bool triggers = false;
        bool imu = false;
        bool frames = false;
    };
    explicit SideRecords(Wanted wanted) : wanted_(wanted) {}

    [[nodiscard]] const Wanted& wanted() const { return wanted_; }

    void add(const Trigger& trigger) { push(triggers_, trigger); }
    void add(const ImuSample& sample) { push(imu_, sample); }
    void add(Frame frame) { push(frames_, std::move(frame)); }

    [[nodiscard]] std::vector<Trigger> take_triggers() { return take(triggers_); }
    [[nodiscard]] std::vector<ImuSample> take_imu() { return take(imu_); }
    [[nodiscard]] std::vector<Frame> take_frames() { return take(frames_); }

private:
    template <typename T>
    void push(std::vector<T>& to, T record) {
        const std::lock_guard lock(mutex_);
        to.push_back(std::move(record));
    }
    template <typename T>
    std::vector<T> take(std::vector<T>& from) {
        const std::lock_guard lock(mutex_);
        return std::exchange(from, {});
    }

    Wanted wanted_;
    std::mutex mutex_;
    std::vector<Trigger> triggers_;
    std::vector<ImuSample> imu_;
    std::vector<Frame> frames_;
};

}  // namespace aestream
