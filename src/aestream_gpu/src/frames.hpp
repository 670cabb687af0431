// Memory for tensors: in huge pages where they are large, and used again.
#pragma once

#include <cstddef>
#include <memory>

namespace aestream::kernels {

/// From this size on memory lies in huge pages: events scattered over thousands of small ones miss the address
/// translation cache more often than the data cache.
inline constexpr std::size_t huge_from_bytes = std::size_t{1} << 20U;

/// Give memory with anything in it. What is freed waits for the next call of the same size, up to four at a time: pages
/// that the kernel hands out anew cost ten times as much as zeroing those that were used before. From any thread.
std::shared_ptr<float> memory(std::size_t cells);

/// Give such memory, zeroed.
std::shared_ptr<float> zeroed(std::size_t cells);

}  // namespace aestream::kernels
