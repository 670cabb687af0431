// What each topic adds to the private module.
#pragma once

#include <pybind11/pybind11.h>

namespace aestream::ssm {

void register_scan(pybind11::module_& module);
void register_engine(pybind11::module_& module);

}  // namespace aestream::ssm
