// Native sinks as Python holds them.
#pragma once

#include <memory>
#include <mutex>

#include "aestream_core/sink.hpp"

namespace aestream::bindings {

/// A sink that Python and a pipeline may both hold: one of them writes at a time.
class SharedSink : public Sink {
public:
    void write(const Packet& packet) final {
        const std::lock_guard lock(mutex_);
        write_alone(packet);
    }
    void close() final {
        const std::lock_guard lock(mutex_);
        close_alone();
    }

protected:
    virtual void write_alone(const Packet& packet) = 0;
    virtual void close_alone() = 0;
    std::mutex mutex_;
};

}  // namespace aestream::bindings
