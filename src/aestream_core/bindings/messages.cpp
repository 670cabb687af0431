// The codecs of ROS messages.
#include "aestream_core/message_codecs.hpp"

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "aestream_core/errors.hpp"
#include "bindings.hpp"
#include "raw_bytes.hpp"

namespace py = pybind11;

namespace aestream::bindings {

namespace {

/// A decoder and the events that it has read and nobody has taken.
class MessageDecoderObject {
public:
    MessageDecoderObject(const std::string& encoding, std::uint16_t width, std::uint16_t height,
                         std::shared_ptr<SideRecords> side)
        : decoder_(make_message_decoder(encoding)), writer_(Sensor{width, height}, 4096), side_(std::move(side)) {}

    std::size_t feed(const py::buffer& data, std::uint64_t time_base_ns, std::optional<std::uint64_t> near_us) {
        const py::buffer_info view = data.request();
        if (!PyBuffer_IsContiguous(view.view(), 'C')) {
            throw InvalidArgument("the bytes must lie in one contiguous block");
        }
        const std::span bytes(static_cast<const std::byte*>(view.ptr),
                              static_cast<std::size_t>(view.size * view.itemsize));
        const py::gil_scoped_release unlocked;
        const std::lock_guard lock(mutex_);
        decoder_->decode({bytes, time_base_ns, near_us}, writer_, side_.get());
        return writer_.size();
    }

    std::vector<Packet> take() {
        const std::lock_guard lock(mutex_);
        writer_.cut();
        return std::exchange(writer_.ready, {});
    }

    py::dict counters() {
        const std::lock_guard lock(mutex_);
        return decode_counters(decoder_->counters());
    }

private:
    std::mutex mutex_;
    std::unique_ptr<MessageDecoder> decoder_;
    PacketWriter writer_;
    std::shared_ptr<SideRecords> side_;
};

py::list encodings() {
    py::list rows;
    for (const MessageCodec& codec : message_codecs()) {
        rows.append(py::make_tuple(std::string(codec.encoding), std::string(codec.description)));
    }
    return rows;
}

/// One message as (bytes, base_us, number of events).
using MessageTuple = std::tuple<py::array, std::uint64_t, std::size_t>;

std::vector<MessageTuple> encode(const std::string& encoding, const Packet& packet) {
    std::vector<MessageBytes> messages;
    {
        const py::gil_scoped_release unlocked;
        messages = message_codec_to_write(encoding).encode(packet);
    }
    std::vector<MessageTuple> result;
    result.reserve(messages.size());
    for (const MessageBytes& message : messages) {
        result.emplace_back(bytes_view(message.buffer, message.size_bytes, true), message.base_us, message.events);
    }
    return result;
}

std::vector<std::string> written_encodings() {
    std::vector<std::string> names;
    for (const MessageCodec& codec : message_codecs()) {
        if (codec.encode != nullptr) names.emplace_back(codec.encoding);
    }
    return names;
}

}  // namespace

void register_messages(py::module_& module) {
    py::class_<MessageDecoderObject>(module, "MessageDecoder")
        .def(py::init<const std::string&, std::uint16_t, std::uint16_t, std::shared_ptr<SideRecords>>(),
             py::arg("encoding"), py::arg("width"), py::arg("height"), py::arg("side"))
        .def("feed", &MessageDecoderObject::feed, py::arg("data"), py::arg("time_base_ns"), py::arg("near_us"))
        .def("take", &MessageDecoderObject::take)
        .def("counters", &MessageDecoderObject::counters);
    module.def("message_encodings", &encodings);
    module.def("written_encodings", &written_encodings);
    module.def("encode_message", &encode, py::arg("encoding"), py::arg("packet"));
}

}  // namespace aestream::bindings
