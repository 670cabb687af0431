// The pipeline, stages of streams, and sinks.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "aestream_core/buffered.hpp"
#include "aestream_core/pipeline.hpp"
#include "aestream_core/sink.hpp"
#include "bindings.hpp"
#include "python_ends.hpp"
#include "stream_object.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

using Filters = std::vector<std::shared_ptr<PacketFilter>>;
using Sinks = std::vector<std::shared_ptr<Sink>>;

/// Lets packets go.
class NullSink : public Sink {
public:
    void write(const Packet&) override {}
    void close() override {}
};

/// What Python is told of progress with; None where nobody wants to know.
std::function<void()> call_of(py::object callable) {
    if (callable.is_none()) return {};
    return [held = std::make_shared<HeldObject>(std::move(callable))] {
        const py::gil_scoped_acquire locked;
        held->get()();
    };
}

std::unique_ptr<Pipeline> make_pipeline(const StreamObject& source, Filters filters, Sinks sinks,
                                        py::object on_progress, unsigned interval_ms) {
    return std::make_unique<Pipeline>(Pipeline::Parts{source.pull(), std::move(filters), std::move(sinks),
                                                      call_of(std::move(on_progress)),
                                                      std::chrono::milliseconds(interval_ms)});
}

std::unique_ptr<StreamObject> filtered_stream(const StreamObject& source, Filters filters) {
    return std::make_unique<StreamObject>(filtered(source.pull(), std::move(filters)), source.stop_source());
}

std::unique_ptr<StreamObject> merged_stream(const std::vector<StreamObject*>& sources) {
    std::stop_source stop;
    std::vector<PacketStream> streams;
    for (const StreamObject* source : sources) streams.push_back(source->pull());
    PacketStream chain = number(until_stopped(merged(std::move(streams)), stop.get_token()));
    return std::make_unique<StreamObject>(std::move(chain), std::move(stop));
}

using Counters = std::shared_ptr<HandOverCounters>;

std::pair<std::unique_ptr<StreamObject>, Counters> buffered_stream(const StreamObject& source, std::size_t packets,
                                                                   bool drop) {
    auto counters = std::make_shared<HandOverCounters>();
    const BufferOptions options{packets, drop ? WhenFull::drop : WhenFull::hold};
    PacketStream chain = buffered(source.pull(), options, source.stop_source(), counters);
    chain = until_stopped(std::move(chain), source.stop_source().get_token());
    return {std::make_unique<StreamObject>(std::move(chain), source.stop_source()), counters};
}

/// A source in Python, with nothing done to its packets.
std::unique_ptr<StreamObject> python_stream(py::iterator packets) {
    std::stop_source stop;
    PacketStream chain = until_stopped(python_packets(std::move(packets)), stop.get_token());
    return std::make_unique<StreamObject>(std::move(chain), std::move(stop));
}

void register_ends(py::module_& module) {
    using unlocked = py::call_guard<py::gil_scoped_release>;
    py::class_<PacketFilter, std::shared_ptr<PacketFilter>>(module, "PacketFilter")
        .def("apply", &PacketFilter::apply, unlocked());
    py::class_<PythonFilter, PacketFilter, std::shared_ptr<PythonFilter>>(module, "PythonFilter")
        .def(py::init<py::object>());
    py::class_<Sink, std::shared_ptr<Sink>>(module, "Sink")
        .def("write", &Sink::write, unlocked())
        .def("close", &Sink::close, unlocked());
    py::class_<NullSink, Sink, std::shared_ptr<NullSink>>(module, "NullSink").def(py::init<>());
    py::class_<PythonSink, Sink, std::shared_ptr<PythonSink>>(module, "PythonSink")
        .def(py::init<py::object, py::object, py::object>(), py::arg("open"), py::arg("write"), py::arg("close"));
}

void register_pipeline(py::module_& module) {
    py::class_<Progress>(module, "Progress")
        .def_readonly("packets", &Progress::packets)
        .def_readonly("events_read", &Progress::events_read)
        .def_readonly("events", &Progress::events)
        .def_readonly("first_read_us", &Progress::first_read_us)
        .def_readonly("last_read_us", &Progress::last_read_us)
        .def_readonly("first_us", &Progress::first_us)
        .def_readonly("last_us", &Progress::last_us);
    py::class_<Pipeline>(module, "Pipeline")
        .def(py::init(&make_pipeline), py::arg("source"), py::arg("filters"), py::arg("sinks"), py::arg("on_progress"),
             py::arg("interval_ms"))
        .def("run", &Pipeline::run, py::call_guard<py::gil_scoped_release>())
        .def("progress", &Pipeline::progress);
}

void register_stages(py::module_& module) {
    py::class_<HandOverCounters, Counters>(module, "HandOverCounters").def("get", [](const HandOverCounters& counters) {
        return py::make_tuple(counters.packets.load(), counters.events.load(), counters.dropped_packets.load(),
                              counters.dropped_events.load());
    });
    module.def("filtered_stream", &filtered_stream, py::arg("source"), py::arg("filters"));
    module.def("merged_stream", &merged_stream, py::arg("sources"));
    module.def("buffered_stream", &buffered_stream, py::arg("source"), py::arg("packets"), py::arg("drop"));
    module.def("python_stream", &python_stream, py::arg("packets"));
}

}  // namespace

void register_engine(py::module_& module) {
    register_ends(module);
    register_pipeline(module);
    register_stages(module);
}

}  // namespace aestream::bindings
