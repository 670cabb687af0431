// Undecoded bytes and the EVT3 codec, for nodes that hand camera bytes on.
#include "raw_bytes.hpp"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "aestream_core/errors.hpp"
#include "aestream_core/evt3.hpp"
#include "packet_views.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

/// The Python face of a raw stream; what StreamObject is for packets.
class RawStreamObject {
public:
    RawStreamObject(RawStream chain, std::stop_source stop) : chain_(std::move(chain)), stop_(std::move(stop)) {}

    std::optional<RawPacket> next() {
        const std::lock_guard lock(mutex_);
        if (stop_.stop_requested()) return std::nullopt;
        try {
            return chain_.next();
        } catch (const Stopped&) {
            return std::nullopt;
        }
    }
    void stop() { stop_.request_stop(); }

private:
    std::mutex mutex_;
    RawStream chain_;
    std::stop_source stop_;
};

auto open_raw(const std::string& path, std::uint64_t packet_us, std::size_t max_bytes, std::optional<double> speed) {
    std::stop_source stop;
    OpenOptions options;
    options.stop = stop.get_token();
    OpenedFile opened = open_file(path, options);
    FileInfo info = opened.info;
    RawStream chain = read_raw_file(std::move(opened), packet_us, max_bytes);
    if (speed) chain = pace(std::move(chain), *speed, stop.get_token());
    return std::make_tuple(std::make_unique<RawStreamObject>(std::move(chain), std::move(stop)), std::move(info));
}

/// A decoder of messages: state across calls, and each message's own time base.
class Evt3DecoderObject {
public:
    Evt3DecoderObject(std::uint16_t width, std::uint16_t height) : sensor_{width, height} {}

    std::vector<Packet> decode(const py::buffer& data, std::optional<std::uint64_t> near_us) {
        const py::buffer_info view = data.request();
        if (!PyBuffer_IsContiguous(view.view(), 'C'))
            throw InvalidArgument("the bytes must lie in one contiguous block");
        const std::span bytes(static_cast<const std::byte*>(view.ptr),
                              static_cast<std::size_t>(view.size * view.itemsize));
        const py::gil_scoped_release unlocked;
        const std::lock_guard lock(mutex_);
        if (near_us) seed_time(state_, *near_us);
        // One allocation for most messages: real streams hold a little under one event a word.
        PacketWriter writer(sensor_, bytes.size() / 2 + 16);
        decode_evt3(state_, bytes, writer);
        writer.cut();
        return std::exchange(writer.ready, {});
    }

    void reset() {
        const std::lock_guard lock(mutex_);
        state_ = Evt3State{};
    }

    py::dict counters() {
        const std::lock_guard lock(mutex_);
        return decode_counters(state_.counters);
    }

private:
    std::mutex mutex_;
    Sensor sensor_;
    Evt3State state_;
};

py::array encode(const Packet& packet) {
    BufferRef buffer;
    std::size_t size_bytes = 0;
    {
        const py::gil_scoped_release unlocked;
        Evt3EncodeState state;
        buffer = BufferPool::shared().acquire(evt3_bound(packet, state));
        size_bytes = encode_evt3(packet, state, buffer->data());
    }
    return bytes_view(buffer, size_bytes, /*writeable=*/true);
}

}  // namespace

py::array bytes_view(const BufferRef& buffer, std::size_t size_bytes, bool writeable) {
    static std::byte nothing{};
    const void* first = size_bytes == 0 ? &nothing : buffer->data();
    py::array view(py::dtype::of<std::uint8_t>(), {static_cast<py::ssize_t>(size_bytes)}, {py::ssize_t{1}}, first,
                   hold(buffer));
    if (!writeable) view.attr("flags").attr("writeable") = false;
    return view;
}

py::dict decode_counters(const DecodeCounters& counters) {
    py::dict result;
    result["outside_sensor"] = counters.outside_sensor;
    result["triggers"] = counters.triggers;
    result["skipped_words"] = counters.skipped_words;
    result["unknown_words"] = counters.unknown_words;
    result["skipped_packets"] = counters.skipped_packets;
    result["damaged"] = counters.damaged;
    return result;
}

void register_raw_bytes(py::module_& module) {
    py::class_<RawPacket>(module, "RawPacket")
        .def_readonly("encoding", &RawPacket::encoding)
        .def_readonly("base_us", &RawPacket::base_us)
        .def_readonly("last_us", &RawPacket::last_us)
        .def_readonly("seq", &RawPacket::seq)
        .def_property_readonly("width", [](const RawPacket& packet) { return packet.sensor.width; })
        .def_property_readonly("height", [](const RawPacket& packet) { return packet.sensor.height; })
        .def("data", [](const RawPacket& packet) { return bytes_view(packet.buffer, packet.size_bytes, false); });
    py::class_<RawStreamObject>(module, "RawStream")
        .def("next", &RawStreamObject::next, py::call_guard<py::gil_scoped_release>())
        .def("stop", &RawStreamObject::stop);
    module.def("open_raw_file", &open_raw, py::arg("path"), py::arg("packet_us"), py::arg("max_bytes"),
               py::arg("speed"), py::call_guard<py::gil_scoped_release>());
    py::class_<Evt3DecoderObject>(module, "Evt3Decoder")
        .def(py::init<std::uint16_t, std::uint16_t>(), py::arg("width"), py::arg("height"))
        .def("decode", &Evt3DecoderObject::decode, py::arg("data"), py::arg("near_us"))
        .def("reset", &Evt3DecoderObject::reset)
        .def("counters", &Evt3DecoderObject::counters);
    module.def("encode_evt3", &encode);
}

}  // namespace aestream::bindings
