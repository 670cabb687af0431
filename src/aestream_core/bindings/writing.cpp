#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <mutex>
#include <string>

#include "aestream_core/file_writer.hpp"
#include "bindings.hpp"
#include "sinks.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

/// A writer that several threads may hold.
class WriterObject : public SharedSink {
public:
    WriterObject(const std::string& path, const std::string& format, std::uint16_t width, std::uint16_t height,
                 const FormatOptions& values)
        : writer_(path, format, {{width, height}, values}) {}

    void flush() {
        const std::lock_guard lock(mutex_);
        writer_.flush();
    }
    WriteCounters counters() {
        const std::lock_guard lock(mutex_);
        return writer_.counters();
    }
    [[nodiscard]] std::string format() const { return std::string(writer_.format()); }

protected:
    void write_alone(const Packet& packet) override { writer_.write(packet); }
    void close_alone() override { writer_.close(); }

private:
    FileWriter writer_;
};

}  // namespace

void register_writing(py::module_& module) {
    using unlocked = py::call_guard<py::gil_scoped_release>;
    py::class_<WriteCounters>(module, "WriteCounters")
        .def_readonly("events", &WriteCounters::events)
        .def_readonly("bytes", &WriteCounters::bytes)
        .def_readonly("lost_base_us", &WriteCounters::lost_base_us);
    py::class_<WriterObject, Sink, std::shared_ptr<WriterObject>>(module, "FileWriter")
        .def(py::init<const std::string&, const std::string&, std::uint16_t, std::uint16_t, const FormatOptions&>(),
             py::arg("path"), py::arg("format"), py::arg("width"), py::arg("height"), py::arg("values"))
        .def_property_readonly("format", &WriterObject::format)
        .def("flush", &WriterObject::flush, unlocked())
        .def("counters", &WriterObject::counters, unlocked());
}

}  // namespace aestream::bindings
