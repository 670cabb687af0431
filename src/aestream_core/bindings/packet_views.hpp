// Views of a packet's memory for NumPy and DLPack; each view holds the buffer, none copies.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include "aestream_core/packet.hpp"

namespace aestream::bindings {

/// A capsule that keeps the packet's buffer alive for as long as an array looks at it.
pybind11::capsule hold(const BufferRef& buffer);

/// (N,) structured array: t <u4, x <u2, yp <u2. Read-only.
pybind11::array records_view(const Packet& packet);

/// (N,) int64 array, one word an event. Read-only.
pybind11::array words_view(const Packet& packet);

/// A DLPack capsule, (N,) int64 on the CPU, in the form that the consumer asked for.
pybind11::capsule dlpack_view(const Packet& packet, bool versioned);

}  // namespace aestream::bindings
