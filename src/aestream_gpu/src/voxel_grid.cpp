#include "cells.hpp"
#include "decay.hpp"
#include "kernels.hpp"

namespace aestream::kernels {

namespace {

/// Where one event goes: so much into `cell`, the rest into the bin behind it, which is the same for the last bin.
struct Share {
    std::uint32_t cell;
    std::uint32_t next;
    float first;
    float second;
};

class Sharing {
public:
    Sharing(Sensor sensor, const Voxels& grid)
        : grid_(grid),
          pixels_(pixels(sensor)),
          per_us_(static_cast<float>(1.0 / static_cast<double>(grid.length))),
          last_(grid.bins - 1) {}

    [[nodiscard]] Share of(Event event, std::uint32_t cell) const {
        const auto since = static_cast<float>(std::min<std::int64_t>(age_us(event.t, grid_.start), grid_.length));
        const float time = std::min(since * per_us_, 1.0F);
        const float place = time * static_cast<float>(last_);
        const auto bin = static_cast<std::uint32_t>(place);
        const float behind = place - static_cast<float>(bin);
        const float weight = (grid_.timed ? time : 1.0F) * (grid_.is_signed && !event.on() ? -1.0F : 1.0F);
        const std::uint32_t plane = (grid_.is_signed || !event.on() ? 0 : last_ * pixels_) + bin * pixels_;
        const std::uint32_t pixel = grid_.is_signed && event.on() ? cell - pixels_ : cell;
        const std::uint32_t at = pixel + plane;
        return {at, bin < last_ ? at + pixels_ : at, weight * (1.0F - behind), weight * behind};
    }

private:
    Voxels grid_;
    std::uint32_t pixels_;
    float per_us_;
    std::uint32_t last_;
};

}  // namespace

std::size_t voxels(std::span<const Event> events, std::span<float> frame, Sensor sensor, const Voxels& grid) {
    const Sharing sharing(sensor, grid);
    std::array<Share, block> shares;
    return for_each_block(events, sensor, [&](const Block& part) {
        for (std::size_t i = 0; i < part.size; ++i) {
            shares[i] = sharing.of(part.events[i], part.cells[i]);
            __builtin_prefetch(&frame[shares[i].cell], 1);
            __builtin_prefetch(&frame[shares[i].next], 1);
        }
        for (std::size_t i = 0; i < part.size; ++i) {
            frame[shares[i].cell] += shares[i].first;
            frame[shares[i].next] += shares[i].second;
        }
    });
}

}  // namespace aestream::kernels
