#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "aestream_core/files.hpp"
#include "bindings.hpp"
#include "raw_bytes.hpp"
#include "stream_object.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

std::optional<Sensor> to_sensor(std::optional<std::uint16_t> width, std::optional<std::uint16_t> height) {
    if (!width || !height) return std::nullopt;
    return Sensor{*width, *height};
}

auto open_events(const std::string& path, std::optional<std::uint64_t> packet_us,
                 std::optional<std::uint64_t> packet_events, std::optional<double> speed,
                 std::optional<std::uint16_t> width, std::optional<std::uint16_t> height) {
    OpenedFile opened = open_file(path, to_sensor(width, height));
    FileInfo info = opened.info;
    auto counters = std::make_shared<SharedReadCounters>();
    PacketStream source = read_file(std::move(opened), counters);
    auto stream = make_stream(std::move(source), {packet_us, packet_events}, speed, std::stop_source());
    return std::make_tuple(std::move(stream), std::move(info), std::move(counters));
}

py::dict read_counters(const SharedReadCounters& shared) {
    const ReadCounters counters = shared.get();
    py::dict result = decode_counters(counters.decoded);
    result["bytes"] = counters.bytes;
    result["events"] = counters.events;
    return result;
}

py::list format_rows() {
    py::list rows;
    for (const FileFormat& format : file_formats()) {
        py::list extensions;
        for (const std::string_view extension : format.extensions) extensions.append(std::string(extension));
        rows.append(py::make_tuple(std::string(format.name), py::tuple(extensions), format.frame != nullptr));
    }
    return rows;
}

void register_readers(py::module_& module) {
    py::class_<FileInfo>(module, "FileInfo")
        .def_readonly("format", &FileInfo::format)
        .def_property_readonly("width", [](const FileInfo& info) { return info.sensor.width; })
        .def_property_readonly("height", [](const FileInfo& info) { return info.sensor.height; })
        .def_readonly("sensor_assumed", &FileInfo::sensor_assumed)
        .def_readonly("size_bytes", &FileInfo::size_bytes)
        .def_readonly("data_begin", &FileInfo::data_begin)
        .def_readonly("details", &FileInfo::details);
    py::class_<SharedReadCounters, std::shared_ptr<SharedReadCounters>>(module, "ReadCounters")
        .def("get", &read_counters);
    module.def("file_formats", &format_rows);
    module.def(
        "file_info", [](const std::string& path) { return open_file(path, std::nullopt).info; },
        py::call_guard<py::gil_scoped_release>());
    module.def("open_file", &open_events, py::arg("path"), py::arg("packet_us"), py::arg("packet_events"),
               py::arg("speed"), py::arg("width"), py::arg("height"), py::call_guard<py::gil_scoped_release>());
    module.def(
        "read_whole_file",
        [](const std::string& path, std::optional<std::uint16_t> width, std::optional<std::uint16_t> height) {
            return read_whole_file(open_file(path, to_sensor(width, height)));
        },
        py::arg("path"), py::arg("width"), py::arg("height"), py::call_guard<py::gil_scoped_release>());
}

}  // namespace

void register_files(py::module_& module) {
    register_readers(module);
    register_raw_bytes(module);
}

}  // namespace aestream::bindings
