#include "aestream_core/files.hpp"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "bindings.hpp"
#include "raw_bytes.hpp"
#include "stream_object.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

/// OpenOptions, the format's name and the part that is wanted, as Python sets them.
struct Request : OpenOptions {
    std::string format;
    TimeRange range;
};

auto open_events(const std::string& path, const Request& request, std::optional<std::uint64_t> packet_us,
                 std::optional<std::uint64_t> packet_events, std::optional<double> speed) {
    std::stop_source stop;
    Request asked = request;
    asked.stop = stop.get_token();
    OpenedFile opened = open_file(path, asked, request.format);
    FileInfo info = opened.info;
    auto counters = std::make_shared<SharedReadCounters>();
    PacketStream source = read_file(std::move(opened), counters, request.range);
    auto stream = make_stream(std::move(source), {packet_us, packet_events}, speed, std::move(stop));
    return std::make_tuple(std::move(stream), std::move(info), std::move(counters));
}

py::dict read_counters(const SharedReadCounters& shared) {
    const ReadCounters counters = shared.get();
    py::dict result = decode_counters(counters.decoded);
    result["bytes"] = counters.bytes;
    result["events"] = counters.events;
    return result;
}

py::list option_rows(std::span<const FormatOption> options) {
    py::list rows;
    for (const FormatOption& option : options) {
        rows.append(py::make_tuple(std::string(option.name), std::string(option.description),
                                   std::string(option.allowed), std::string(option.fallback)));
    }
    return rows;
}

py::dict format_row(const FileFormat& format) {
    py::list extensions;
    for (const std::string_view extension : format.extensions) extensions.append(std::string(extension));
    py::dict row;
    row["name"] = std::string(format.name);
    row["description"] = std::string(format.description);
    row["extensions"] = py::tuple(extensions);
    row["raw"] = format.frame != nullptr;
    row["writable"] = format.make_encoder != nullptr;
    row["read_options"] = option_rows(format.read_options);
    row["write_options"] = option_rows(format.write_options);
    return row;
}

py::list format_rows() {
    py::list rows;
    for (const FileFormat& format : file_formats()) rows.append(format_row(format));
    return rows;
}

void register_request(py::module_& module) {
    py::class_<Request>(module, "FileRequest")
        .def(py::init<>())
        .def_readwrite("format", &Request::format)
        .def_readwrite("values", &Request::values)
        .def_readwrite("skip_errors", &Request::skip_errors)
        .def_readwrite("threads", &Request::threads)
        .def_readwrite("memory_map", &Request::memory_map)
        .def_readwrite("side", &Request::side)
        .def("set_sensor", [](Request& request, std::uint16_t width,
                              std::uint16_t height) { request.sensor = Sensor{width, height}; })
        .def("set_range", [](Request& request, std::uint64_t start_us, std::uint64_t stop_us) {
            request.range = {start_us, stop_us};
        });
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
    module.def("recognise", &recognise, py::arg("path"), py::call_guard<py::gil_scoped_release>());
    module.def(
        "file_info",
        [](const std::string& path, const Request& request) { return open_file(path, request, request.format).info; },
        py::arg("path"), py::arg("request"), py::call_guard<py::gil_scoped_release>());
    module.def("open_file", &open_events, py::arg("path"), py::arg("request"), py::arg("packet_us"),
               py::arg("packet_events"), py::arg("speed"), py::call_guard<py::gil_scoped_release>());
    module.def(
        "read_whole_file",
        [](const std::string& path, const Request& request) {
            return read_whole_file(open_file(path, request, request.format), request.range);
        },
        py::arg("path"), py::arg("request"), py::call_guard<py::gil_scoped_release>());
}

}  // namespace

void register_files(py::module_& module) {
    register_side_records(module);
    register_request(module);
    register_readers(module);
    register_raw_bytes(module);
    register_writing(module);
}

}  // namespace aestream::bindings
