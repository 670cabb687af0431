// Arrays to packets: what the formats that are read in Python go through.
#include "aestream_core/columns.hpp"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "aestream_core/errors.hpp"
#include "aestream_core/side_records.hpp"
#include "bindings.hpp"
#include "files/sensor_guess.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

NumberType number_type(char kind, py::ssize_t size_bytes, const std::string& name) {
    if (kind == 'f' && size_bytes == 4) return NumberType::f32;
    if (kind == 'f' && size_bytes == 8) return NumberType::f64;
    if (kind == 'b') return NumberType::u8;
    const bool is_signed = kind == 'i';
    if (is_signed || kind == 'u') {
        if (size_bytes == 1) return is_signed ? NumberType::i8 : NumberType::u8;
        if (size_bytes == 2) return is_signed ? NumberType::i16 : NumberType::u16;
        if (size_bytes == 4) return is_signed ? NumberType::i32 : NumberType::u32;
        if (size_bytes == 8) return is_signed ? NumberType::i64 : NumberType::u64;
    }
    throw InvalidArgument("column " + name + " holds numbers of kind '" + kind + "' and " + std::to_string(size_bytes) +
                          " bytes; integers, bool, float32 and float64 are read");
}

/// The array must have one dimension and native byte order, and outlive the column.
Column column_of(const py::array& array, const std::string& name) {
    if (array.ndim() != 1) throw InvalidArgument("column " + name + " must have one dimension");
    const py::dtype dtype = array.dtype();
    if (!dtype.attr("isnative").cast<bool>()) {
        throw InvalidArgument("column " + name + " must be in native byte order");
    }
    return {static_cast<const std::byte*>(array.data()), array.strides(0),
            number_type(dtype.kind(), dtype.itemsize(), name)};
}

auto packets_from_columns(const py::array& t, const py::array& x, const py::array& y, const py::array& p,
                          std::uint16_t width, std::uint16_t height, const std::tuple<std::int64_t, std::int64_t>& unit,
                          std::int64_t offset_us) {
    const EventColumns columns{column_of(t, "t"), column_of(x, "x"), column_of(y, "y"), column_of(p, "p"),
                               static_cast<std::size_t>(t.size())};
    if (x.size() != t.size() || y.size() != t.size() || p.size() != t.size()) {
        throw InvalidArgument("columns differ in length");
    }
    const auto [multiplier, divisor] = unit;
    if (multiplier < 1 || divisor < 1) throw InvalidArgument("a time unit is a ratio of positive numbers");
    ColumnCounters counters;
    std::vector<Packet> packets;
    {
        const py::gil_scoped_release unlocked;
        PacketWriter writer(Sensor{width, height}, 4096);
        write_columns(columns, {multiplier, divisor, offset_us}, writer, counters);
        writer.cut();
        packets = std::move(writer.ready);
    }
    return std::make_tuple(std::move(packets), counters.outside_sensor, counters.impossible_times);
}

}  // namespace

void register_columns(py::module_& module) {
    module.def("packets_from_columns", &packets_from_columns, py::arg("t"), py::arg("x"), py::arg("y"), py::arg("p"),
               py::arg("width"), py::arg("height"), py::arg("unit"), py::arg("offset_us"));
    module.def("largest_coordinate", [](const py::array& values) {
        return largest_coordinate(column_of(values, "of coordinates"), static_cast<std::size_t>(values.size()));
    });
    module.def("add_trigger", [](SideRecords& side, std::uint64_t t_us, std::uint16_t id, std::uint16_t value) {
        side.add(Trigger{t_us, id, value});
    });
    module.def("smallest_usual_sensor", [](std::uint16_t x_max, std::uint16_t y_max) {
        const Sensor sensor = smallest_usual_sensor(x_max, y_max);
        return std::make_tuple(sensor.width, sensor.height);
    });
}

}  // namespace aestream::bindings
