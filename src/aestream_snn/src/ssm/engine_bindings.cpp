#include <pybind11/complex.h>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "bindings.hpp"
#include "engine.hpp"

namespace py = pybind11;

namespace aestream::ssm {
namespace {

template <typename T>
using Array = py::array_t<T, py::array::c_style>;

template <typename T>
std::vector<T> numbers(const py::dict& from, const char* key) {
    const auto array = from[key].cast<Array<T>>();
    return {array.data(), array.data() + array.size()};
}

Pooling pooling(const std::string& name) {
    if (name == "avg") return Pooling::avg;
    if (name == "last") return Pooling::last;
    if (name == "time") return Pooling::time;
    throw py::value_error("unknown pooling " + name);
}

LayerSpec layer_spec(const py::dict& from) {
    LayerSpec spec;
    spec.into = from["into"].cast<std::size_t>();
    spec.out = from["out"].cast<std::size_t>();
    spec.stride = from["stride"].cast<std::size_t>();
    spec.layer_norm = from["layer_norm"].cast<bool>();
    spec.rates = numbers<std::complex<double>>(from, "rates");
    spec.gains = numbers<std::complex<double>>(from, "gains");
    spec.norm_scale = numbers<float>(from, "norm_scale");
    spec.norm_bias = numbers<float>(from, "norm_bias");
    spec.b = numbers<float>(from, "b");
    spec.c = numbers<float>(from, "c");
    spec.d = numbers<float>(from, "d");
    spec.gate = numbers<float>(from, "gate");
    spec.gate_bias = numbers<float>(from, "gate_bias");
    spec.skip = numbers<float>(from, "skip");
    spec.skip_bias = numbers<float>(from, "skip_bias");
    const std::size_t states = spec.rates.size();
    const std::size_t width = spec.out * (spec.d.size() == spec.out ? 1 : spec.into);
    if (spec.d.size() != width || spec.b.size() != 2 * states * spec.into || spec.c.size() != 2 * states * spec.out ||
        spec.stride == 0 || spec.norm_scale.size() != spec.into || spec.norm_bias.size() != spec.into ||
        spec.gate_bias.size() != spec.out)
        throw py::value_error("a layer's arrays do not fit each other");
    return spec;
}

EngineSpec engine_spec(const py::dict& from, const py::list& layers) {
    EngineSpec spec;
    spec.width = from["width"].cast<std::size_t>();
    spec.pooling = pooling(from["pooling"].cast<std::string>());
    spec.readout = pooling(from["readout"].cast<std::string>());
    spec.tick_ms = from["tick_ms"].cast<float>();
    spec.forget_ms = from["forget_ms"].cast<float>();
    spec.upstream_time = from["upstream_time"].cast<bool>();
    spec.embedding = numbers<float>(from, "embedding");
    spec.head = numbers<float>(from, "head");
    spec.head_bias = numbers<float>(from, "head_bias");
    for (const auto layer : layers) spec.layers.push_back(layer_spec(layer.cast<py::dict>()));
    return spec;
}

void check(const Engine& self, const EngineState& state) {
    if (!self.fits(state)) throw py::value_error("the state comes from an engine of another shape");
}

Array<float> scores(const Engine& self, const EngineState& state) {
    check(self, state);
    Array<float> out(static_cast<py::ssize_t>(self.classes()));
    self.scores(state, {out.mutable_data(), self.classes()});
    return out;
}

Array<float> push_tokens(Engine& self, const Array<std::uint32_t>& tokens, const Array<std::int64_t>& ticks,
                         EngineState& state) {
    check(self, state);
    const auto size = static_cast<std::size_t>(tokens.size());
    if (ticks.size() != tokens.size()) throw py::value_error("tokens and times differ in number");
    const std::span<const std::uint32_t> all{tokens.data(), size};
    const auto wrong =
        std::find_if(all.begin(), all.end(), [&](std::uint32_t token) { return token >= self.tokens(); });
    if (wrong != all.end()) throw py::index_error(std::to_string(wrong - all.begin()));
    const std::int64_t* times = ticks.data();
    {
        const py::gil_scoped_release unlocked;
        self.push(all, {times, size}, state);
    }
    return scores(self, state);
}

Array<float> push_words(Engine& self, const Array<std::int64_t>& words, std::int64_t t0,
                        const std::array<std::uint32_t, 5>& place, EngineState& state) {
    check(self, state);
    const auto [left, top, side, columns, rows] = place;
    const Cells cells{.left = left, .top = top, .side = side, .columns = columns, .rows = rows};
    if (side == 0 || 2 * std::size_t{columns} * rows > self.tokens() || std::max(left, top) > max_sensor_side)
        throw py::value_error("there are more cells than tokens, or they have no pixels");
    const std::span<const Event> events{reinterpret_cast<const Event*>(words.data()),
                                        static_cast<std::size_t>(words.size())};
    {
        const py::gil_scoped_release unlocked;
        self.push(events, t0, cells, state);
    }
    return scores(self, state);
}

}  // namespace

void register_engine(py::module_& module) {
    py::class_<EngineState>(module, "State")
        .def("copy", [](const EngineState& self) { return EngineState(self); })
        .def_readonly("events", &EngineState::events)
        .def_readonly("outputs", &EngineState::outputs)
        .def_readonly("resets", &EngineState::resets)
        .def_readonly("outside", &EngineState::outside);
    py::class_<Engine>(module, "Engine")
        .def(py::init(
                 [](const py::dict& network, const py::list& layers) { return Engine(engine_spec(network, layers)); }),
             py::arg("network"), py::arg("layers"))
        .def("start", &Engine::start)
        .def("scores", &scores, py::arg("state"))
        .def("push_tokens", &push_tokens, py::arg("tokens"), py::arg("ticks"), py::arg("state"))
        .def("push_words", &push_words, py::arg("words").noconvert(), py::arg("t0"), py::arg("cells"), py::arg("state"))
        .def("remember", &Engine::remember, py::arg("forget_ms"));
}

}  // namespace aestream::ssm
