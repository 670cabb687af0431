// Waiting for descriptors, and the signals that end it.
#include "aestream_core/readiness.hpp"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>
#include <stop_token>
#include <string>

#include "bindings.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

/// Python looks at its signals, in the main thread: Ctrl-C ends a wait with KeyboardInterrupt.
void look_at_python_signals() {
    const py::gil_scoped_acquire locked;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
}

/// What tests wait with.
class ReadinessObject {
public:
    void watch(int descriptor, bool writable) {
        readiness_.watch(descriptor, writable ? Direction::writable : Direction::readable);
    }

    std::string wait(std::optional<double> timeout_s) {
        std::optional<Readiness::Clock::time_point> deadline;
        if (timeout_s) {
            const std::chrono::duration<double> length(*timeout_s);
            deadline = Readiness::Clock::now() + std::chrono::duration_cast<Readiness::Clock::duration>(length);
        }
        const Wake wake = readiness_.wait(deadline);
        return wake == Wake::ready ? "ready" : wake == Wake::deadline ? "deadline" : "stopped";
    }

    void stop() { stop_.request_stop(); }
    [[nodiscard]] bool is_ready(int descriptor) const { return readiness_.is_ready(descriptor); }

private:
    std::stop_source stop_;
    Readiness readiness_{stop_.get_token()};
};

}  // namespace

void register_readiness(py::module_& module) {
    on_signal(&look_at_python_signals);
    py::class_<ReadinessObject>(module, "Readiness")
        .def(py::init<>())
        .def("watch", &ReadinessObject::watch, py::arg("descriptor"), py::arg("writable") = false)
        .def("wait", &ReadinessObject::wait, py::arg("timeout_s") = py::none(),
             py::call_guard<py::gil_scoped_release>())
        .def("stop", &ReadinessObject::stop)
        .def("is_ready", &ReadinessObject::is_ready);
}

}  // namespace aestream::bindings
