#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstring>

#include "aestream_core/packet.hpp"
#include "bindings.hpp"
#include "packet_views.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

template <typename T>
using Column = py::array_t<T, py::array::c_style | py::array::forcecast>;

/// Interleave columns into records; times in µs, ascending or nearly so, within 2^32 µs of each other.
Packet from_columns(const Column<std::int64_t>& t_us, const Column<std::uint16_t>& x, const Column<std::uint16_t>& y,
                    const Column<bool>& p, Sensor sensor, std::uint64_t t0_us) {
    const auto count = static_cast<std::size_t>(t_us.size());
    const auto* times = t_us.data();
    const auto *xs = x.data(), *ys = y.data();
    const auto* on = p.data();
    const py::gil_scoped_release unlocked;
    BufferRef buffer = BufferPool::shared().acquire(count * sizeof(Event));
    auto* out = reinterpret_cast<Event*>(buffer->data());
    for (std::size_t i = 0; i < count; ++i) {
        const auto offset = static_cast<std::uint64_t>(times[i]) - t0_us;
        out[i] = {static_cast<std::uint32_t>(offset), xs[i], Event::pack(ys[i], on[i])};
    }
    return {t0_us, sensor, std::move(buffer), 0, count};
}

/// Copy records as `Packet::events` gives them. Coordinates are not looked at: surfaces count those outside the sensor.
Packet from_records(const py::buffer& records, Sensor sensor, std::uint64_t t0_us) {
    const py::buffer_info info = records.request();
    const auto bytes = static_cast<std::size_t>(info.size * info.itemsize);
    if (!PyBuffer_IsContiguous(info.view(), 'C') || bytes % sizeof(Event) != 0) {
        throw py::value_error("records must lie in one contiguous block of whole 8-byte records");
    }
    const py::gil_scoped_release unlocked;
    BufferRef buffer = BufferPool::shared().acquire(bytes);
    if (bytes != 0) std::memcpy(buffer->data(), info.ptr, bytes);
    return {t0_us, sensor, std::move(buffer), 0, bytes / sizeof(Event)};
}

/// Fill the four columns of a structured array that the caller allocated: t int64 µs, x, y uint16, p bool.
void copy_columns(const Packet& packet, py::array_t<std::int64_t> t_us, py::array_t<std::uint16_t> x,
                  py::array_t<std::uint16_t> y, py::array_t<bool> p) {
    auto ts = t_us.mutable_unchecked<1>();
    auto xs = x.mutable_unchecked<1>();
    auto ys = y.mutable_unchecked<1>();
    auto ps = p.mutable_unchecked<1>();
    const py::gil_scoped_release unlocked;
    const auto events = packet.events();
    for (std::size_t i = 0; i < events.size(); ++i) {
        const auto row = static_cast<py::ssize_t>(i);
        ts(row) = static_cast<std::int64_t>(packet.t0_us() + events[i].t);
        xs(row) = events[i].x;
        ys(row) = events[i].y();
        ps(row) = events[i].on();
    }
}

/// Events of the pixels that a mask (H, W) names, any value but 0; the mask has the sensor's shape.
Packet select_pixels(const Packet& packet, const py::array_t<std::uint8_t, py::array::c_style>& keep) {
    const std::span<const std::uint8_t> pixels(keep.data(), static_cast<std::size_t>(keep.size()));
    const py::gil_scoped_release unlocked;
    return packet.select_pixels(pixels);
}

py::buffer_info raw_buffer(Packet& packet) {
    static Event nothing{};
    void* first = packet.empty() ? &nothing : const_cast<Event*>(packet.events().data());
    return {first,
            sizeof(Event),
            "T{<I:t:<H:x:<H:yp:}",
            1,
            {static_cast<py::ssize_t>(packet.size())},
            {static_cast<py::ssize_t>(sizeof(Event))},
            /*readonly=*/true};
}

py::dict pool_counters() {
    const auto counters = BufferPool::shared().counters();
    py::dict result;
    result["allocated"] = counters.allocated;
    result["reused"] = counters.reused;
    result["in_use"] = counters.in_use;
    result["retained_bytes"] = counters.retained_bytes;
    return result;
}

}  // namespace

void register_events(py::module_& module) {
    PYBIND11_NUMPY_DTYPE(Event, t, x, yp);
    py::class_<Packet>(module, "Packet", py::buffer_protocol())
        .def_buffer(&raw_buffer)
        .def("__len__", &Packet::size)
        .def_property_readonly("t0_us", &Packet::t0_us)
        .def_property_readonly("width", [](const Packet& packet) { return packet.sensor().width; })
        .def_property_readonly("height", [](const Packet& packet) { return packet.sensor().height; })
        .def_readwrite("seq", &Packet::seq)
        .def_property_readonly("first_us", &Packet::first_us)
        .def_property_readonly("last_us", &Packet::last_us)
        .def_property_readonly(
            "address", [](const Packet& packet) { return reinterpret_cast<std::uintptr_t>(packet.events().data()); })
        .def("records", &records_view)
        .def("words", &words_view)
        .def("dlpack", &dlpack_view, py::arg("versioned"))
        .def("copy_columns", &copy_columns)
        .def("view", &Packet::view)
        .def("is_time_ordered", &Packet::is_time_ordered, py::call_guard<py::gil_scoped_release>())
        .def("find_first_at_or_after", &Packet::find_first_at_or_after, py::call_guard<py::gil_scoped_release>())
        .def("slice_time", &Packet::slice_time, py::call_guard<py::gil_scoped_release>())
        .def("slice_region", &Packet::slice_region, py::call_guard<py::gil_scoped_release>())
        .def("select_polarity", &Packet::select_polarity, py::call_guard<py::gil_scoped_release>())
        .def("select_pixels", &select_pixels);
    module.def("packet_from_columns",
               [](const Column<std::int64_t>& t, const Column<std::uint16_t>& x, const Column<std::uint16_t>& y,
                  const Column<bool>& p, std::uint16_t width, std::uint16_t height,
                  std::uint64_t t0_us) { return from_columns(t, x, y, p, Sensor{width, height}, t0_us); });
    module.def("packet_from_records",
               [](const py::buffer& records, std::uint16_t width, std::uint16_t height, std::uint64_t t0_us) {
                   return from_records(records, Sensor{width, height}, t0_us);
               });
    module.def("pool_counters", &pool_counters);
}

}  // namespace aestream::bindings
