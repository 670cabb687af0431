// Kernels on a CPU: the twins of the Triton kernels in aestream_gpu/surfaces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aestream_core/event.hpp"

namespace aestream::kernels {

/// Add 1 to frame[polarity][y][x] for every event, (2, height, width) contiguous. Returns the number of events that lie
/// outside the frame; they add nothing.
std::size_t count(std::span<const Event> events, float* frame, std::uint32_t width, std::uint32_t height);

}  // namespace aestream::kernels
