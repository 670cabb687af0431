#include "bindings.hpp"

PYBIND11_MODULE(_ssm, module) {
    module.doc() = "Private bindings of scans and the streaming engine; aestream_snn.ssm is the public API.";
    aestream::ssm::register_scan(module);
    aestream::ssm::register_engine(module);
}
