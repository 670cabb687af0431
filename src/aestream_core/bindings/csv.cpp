#include <pybind11/pybind11.h>

#include "aestream_core/buffer_pool.hpp"
#include "aestream_core/csv.hpp"
#include "bindings.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

py::bytes csv_lines(const Packet& packet) {
    BufferRef buffer;
    std::size_t size_bytes = 0;
    {
        const py::gil_scoped_release unlocked;
        buffer = BufferPool::shared().acquire(csv_bound(packet.size()));
        size_bytes = encode_csv({}, packet, buffer->data());
    }
    return {reinterpret_cast<const char*>(buffer->data()), size_bytes};
}

}  // namespace

void register_csv(py::module_& module) { module.def("csv_lines", &csv_lines, py::arg("packet")); }

}  // namespace aestream::bindings
