#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include "aestream_core/files.hpp"

namespace aestream::bindings {

/// (N,) uint8 array on memory of the pool; the array holds the buffer.
pybind11::array bytes_view(const BufferRef& buffer, std::size_t size_bytes, bool writeable);

pybind11::dict decode_counters(const DecodeCounters& counters);

void register_raw_bytes(pybind11::module_& module);

}  // namespace aestream::bindings
