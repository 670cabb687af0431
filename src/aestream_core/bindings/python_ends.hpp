// Python sources, filters and sinks in native streams: each takes the interpreter lock for one packet at a time.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <optional>
#include <utility>

#include "aestream_core/packet_filter.hpp"
#include "aestream_core/sink.hpp"
#include "aestream_core/stream.hpp"

namespace aestream::bindings {

/// A Python object that may be let go of on any thread.
class HeldObject {
public:
    explicit HeldObject(pybind11::object object) : object_(std::move(object)) {}
    HeldObject(HeldObject&&) noexcept = default;
    ~HeldObject() {
        if (!object_) return;
        const pybind11::gil_scoped_acquire locked;
        object_ = pybind11::object();
    }

    /// Only with the interpreter lock.
    [[nodiscard]] const pybind11::object& get() const { return object_; }

private:
    pybind11::object object_;
};

/// Packets that a Python iterator gives.
PacketStream python_packets(pybind11::iterator packets);

/// A filter that is a Python callable: packet in, packet out.
class PythonFilter : public PacketFilter {
public:
    explicit PythonFilter(pybind11::object apply) : apply_(std::move(apply)) {}
    [[nodiscard]] Packet apply(const Packet& packet) override;

private:
    HeldObject apply_;
};

/// A sink that is written in Python. Where its `open` gives a native sink, packets go straight into that.
class PythonSink : public Sink {
public:
    PythonSink(pybind11::object open, pybind11::object write, pybind11::object close)
        : open_(std::move(open)), write_(std::move(write)), close_(std::move(close)) {}

    void write(const Packet& packet) override;
    void close() override;

private:
    HeldObject open_;
    HeldObject write_;
    HeldObject close_;
    bool opened_ = false;
    bool closed_ = false;
    std::shared_ptr<Sink> native_;
};

}  // namespace aestream::bindings
