#include "aestream_core/filters/filter.hpp"

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cmath>
#include <mutex>
#include <string>

#include "bindings.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

/// A filter that one thread uses at a time; the interpreter lock is free meanwhile.
class FilterObject : public PacketFilter {
public:
    explicit FilterObject(std::unique_ptr<Filter> filter) : filter_(std::move(filter)) {}

    [[nodiscard]] Packet apply(const Packet& packet) override {
        const std::lock_guard lock(mutex_);
        return filter_->apply(packet);
    }

    void reset() {
        const std::lock_guard lock(mutex_);
        filter_->reset();
    }

    // Called with the interpreter lock held, which must be free while another thread filters.
    std::vector<std::uint8_t> learnt_mask() {
        const py::gil_scoped_release unlocked;
        const std::lock_guard lock(mutex_);
        return filter_->learnt_mask();
    }

    Filter::Counters counters() {
        const py::gil_scoped_release unlocked;
        const std::lock_guard lock(mutex_);
        return filter_->counters();
    }

    [[nodiscard]] const Filter& filter() const { return *filter_; }

private:
    std::mutex mutex_;
    std::unique_ptr<Filter> filter_;
};

SettingValue setting_of(const py::handle& value) {
    if (py::isinstance<py::str>(value)) return value.cast<std::string>();
    if (!py::isinstance<py::array>(value)) return value.cast<double>();
    const auto pixels = value.cast<py::array_t<std::int32_t, py::array::c_style | py::array::forcecast>>();
    return PixelValues(pixels.data(), pixels.data() + pixels.size());
}

std::shared_ptr<FilterObject> filter_of(const std::string& name, const py::dict& settings, std::uint16_t width,
                                        std::uint16_t height) {
    GivenSettings given;
    for (const auto& [key, value] : settings) given.emplace(key.cast<std::string>(), setting_of(value));
    const py::gil_scoped_release unlocked;
    return std::make_shared<FilterObject>(make_filter(name, given, Sensor{width, height}));
}

const char* name_of(ParameterKind kind) {
    switch (kind) {
        case ParameterKind::whole:
            return "whole";
        case ParameterKind::real:
            return "real";
        case ParameterKind::flag:
            return "flag";
        case ParameterKind::choice:
            return "choice";
        case ParameterKind::mask:
            return "mask";
        default:
            return "lookup";
    }
}

/// What stands where nothing was given; None for what has to be given, and for "none".
py::object fallback_of(const FilterParameter& parameter) {
    const bool of_pixels = parameter.kind == ParameterKind::mask || parameter.kind == ParameterKind::lookup;
    if (parameter.required || of_pixels || std::isinf(parameter.fallback)) return py::none();
    if (parameter.kind == ParameterKind::choice) return py::str(std::string(parameter.choices.front()));
    if (parameter.kind == ParameterKind::flag) return py::bool_(parameter.fallback != 0);
    if (parameter.kind == ParameterKind::whole) return py::int_(static_cast<std::int64_t>(parameter.fallback));
    return py::float_(parameter.fallback);
}

py::dict parameter_row(const FilterParameter& parameter) {
    py::dict row;
    row["name"] = parameter.name;
    row["description"] = parameter.description;
    row["kind"] = name_of(parameter.kind);
    row["unit"] = parameter.unit;
    row["required"] = parameter.required;
    row["default"] = fallback_of(parameter);
    row["bounds"] = py::make_tuple(parameter.low, parameter.high);
    row["choices"] = py::tuple(py::cast(std::vector<std::string>(parameter.choices.begin(), parameter.choices.end())));
    return row;
}

py::list filter_rows() {
    py::list rows;
    for (const FilterRow* each : filter_table()) {
        py::list parameters;
        for (const FilterParameter& parameter : each->parameters) parameters.append(parameter_row(parameter));
        py::dict row;
        row["name"] = each->name;
        row["description"] = each->description;
        row["examples"] = each->examples;
        row["moves_events"] = each->moves_events;
        row["parameters"] = parameters;
        rows.append(row);
    }
    return rows;
}

py::tuple size_of(Sensor sensor) { return py::make_tuple(sensor.width, sensor.height); }

/// (2, H, W), off and on; None where the filter learns nothing.
py::object learnt_mask(FilterObject& object) {
    const std::vector<std::uint8_t> mask = object.learnt_mask();
    if (mask.empty()) return py::none();
    const Sensor sensor = object.filter().input();
    return py::array_t<std::uint8_t>({py::ssize_t{2}, py::ssize_t{sensor.height}, py::ssize_t{sensor.width}},
                                     mask.data());
}

py::tuple counters_of(FilterObject& object) {
    const Filter::Counters counters = object.counters();
    return py::make_tuple(counters.events_in, counters.events_out);
}

}  // namespace

void register_filters(py::module_& module) {
    py::class_<FilterObject, PacketFilter, std::shared_ptr<FilterObject>>(module, "Filter")
        .def("reset", &FilterObject::reset, py::call_guard<py::gil_scoped_release>())
        .def("counters", &counters_of)
        .def("learnt_mask", &learnt_mask)
        .def_property_readonly("input_size",
                               [](const FilterObject& object) { return size_of(object.filter().input()); })
        .def_property_readonly("output_size",
                               [](const FilterObject& object) { return size_of(object.filter().output()); })
        .def_property_readonly("state_bytes", [](const FilterObject& object) { return object.filter().state_bytes(); });
    module.def("filter_rows", &filter_rows);
    module.def("make_filter", &filter_of, py::arg("name"), py::arg("settings"), py::arg("width"), py::arg("height"));
}

}  // namespace aestream::bindings
