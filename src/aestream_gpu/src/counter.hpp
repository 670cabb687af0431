// The count surface on a CPU.
//
// Few events are added to the frame as they come, and their cells noted, so that only those need to be cleared. Many
// are added to bytes, which need a quarter of the cache; reading turns them into a frame, of which nothing needs
// clearing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "aestream_core/event.hpp"

namespace aestream::kernels {

enum class CountMode : std::uint8_t { polarity, binary, is_signed };

/// Counts the events of each pixel and polarity, window by window. Not for several threads at a time.
class Counter {
public:
    Counter(Sensor sensor, CountMode mode);

    /// Begin a window with zeros. A frame that was read is its reader's from now on.
    void begin();

    /// Count events. Returns the number of those outside the sensor, which add nothing.
    std::size_t add(std::span<const Event> events);

    /// Give the frame: (2, height, width), `is_signed` (1, height, width). It goes on counting until the next window.
    std::shared_ptr<float> read();

    /// Take back the memory of a frame that was read, of this window, which ends, or of the one before. Other memory is
    /// left alone.
    void recycle(const float* memory);

    [[nodiscard]] std::size_t planes() const { return mode_ == CountMode::is_signed ? 1 : 2; }
    [[nodiscard]] Sensor sensor() const { return sensor_; }

private:
    enum class Way : std::uint8_t { open, few, many, whole };

    /// Memory, and which of it is not zero: the noted cells and the touched groups, unless `all`.
    struct Frame {
        std::shared_ptr<float> memory;  ///< none before it is needed
        std::vector<std::uint32_t> cells;
        std::size_t noted = 0;
        std::vector<std::uint8_t> touched;  ///< one a group; none where no group was
        bool all = true;
    };

    void choose(std::size_t events);
    void end();
    void take_memory();
    void clear_frame();
    void few_to_many();
    std::span<std::uint8_t> bytes();
    [[nodiscard]] std::span<float> values() const { return {frame_.memory.get(), frame_cells_}; }
    [[nodiscard]] std::span<std::uint32_t> noted() { return std::span{frame_.cells}.first(frame_.noted); }

    Sensor sensor_;
    CountMode mode_;
    std::size_t frame_cells_;
    std::size_t few_;                ///< events of a window that are few
    Way way_ = Way::open;            ///< how this window is counted; `whole` adds to a frame, and notes nothing
    bool shown_ = false;             ///< whether the frame was read
    std::size_t events_ = 0;         ///< of this window
    std::size_t events_before_ = 0;  ///< of the window before it
    Frame frame_;                    ///< of this window
    Frame lent_;                     ///< of the one before; `memory` stays empty, for only its reader holds it
    std::weak_ptr<float> lent_memory_;
    Frame spare_;                        ///< for a window to come
    std::shared_ptr<float> bytes_;       ///< bytes, one a cell, all zeros but while the way is `many`
    std::vector<std::uint32_t> passed_;  ///< cells whose byte passed 255, once each time
};

}  // namespace aestream::kernels
