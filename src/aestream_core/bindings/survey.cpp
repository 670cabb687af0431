#include "aestream_core/survey.hpp"

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include "bindings.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

/// A survey, and the shape of its picture of counts.
struct SurveyObject : Survey {
    SurveyObject(std::uint16_t width, std::uint16_t height, std::uint64_t least_gap_us)
        : Survey({width, height}, least_gap_us), sensor{width, height} {}
    Sensor sensor;
};

py::dict totals(const SurveyObject& survey) {
    const Survey::Totals& counted = survey.totals();
    py::dict result;
    result["events"] = counted.events;
    result["on_events"] = counted.on_events;
    result["earliest_us"] = counted.earliest_us;
    result["latest_us"] = counted.latest_us;
    result["backward_steps"] = counted.backward_steps;
    result["longest_step_back_us"] = counted.longest_step_back_us;
    return result;
}

py::array_t<std::uint64_t> rate_counts(const SurveyObject& survey) {
    const auto& events = survey.rates().events();
    return py::array_t<std::uint64_t>(static_cast<py::ssize_t>(events.size()), events.data());
}

py::object pixel_counts(const SurveyObject& survey) {
    if (survey.pixels().empty()) return py::none();
    return py::array_t<std::uint32_t>({py::ssize_t{survey.sensor.height}, py::ssize_t{survey.sensor.width}},
                                      survey.pixels().data());
}

py::list gaps(const SurveyObject& survey) {
    py::list result;
    for (const Gap& gap : survey.gaps()) result.append(py::make_tuple(gap.start_us, gap.length_us));
    return result;
}

}  // namespace

void register_survey(py::module_& module) {
    py::class_<SurveyObject>(module, "Survey")
        .def(py::init<std::uint16_t, std::uint16_t, std::uint64_t>(), py::arg("width"), py::arg("height"),
             py::arg("least_gap_us"))
        .def("add", &SurveyObject::add, py::call_guard<py::gil_scoped_release>())
        .def("totals", &totals)
        .def_property_readonly("bin_us", [](const SurveyObject& survey) { return survey.rates().bin_us(); })
        .def("rate_counts", &rate_counts)
        .def("pixel_counts", &pixel_counts)
        .def("gaps", &gaps);
}

}  // namespace aestream::bindings
