#pragma once

#include <pybind11/pybind11.h>

#include "aestream_core/files.hpp"

namespace aestream::bindings {

pybind11::dict decode_counters(const DecodeCounters& counters);

void register_raw_bytes(pybind11::module_& module);

}  // namespace aestream::bindings
