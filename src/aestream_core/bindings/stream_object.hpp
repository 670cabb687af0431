// The Python face of a packet stream: a chain of coroutines and the means to stop it from another thread.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "aestream_core/stream.hpp"

namespace aestream::bindings {

class StreamObject {
public:
    StreamObject(PacketStream chain, std::stop_source stop) : chain_(std::move(chain)), stop_(std::move(stop)) {}

    /// The next packet, or nothing at the end. One caller at a time; others wait.
    std::optional<Packet> next() {
        const std::lock_guard lock(mutex_);
        return chain_.next();
    }

    /// Make a running next() return as soon as it can, and every later one return nothing. From any thread.
    void stop() { stop_.request_stop(); }

private:
    std::mutex mutex_;
    PacketStream chain_;
    std::stop_source stop_;
};

/// Chain the stages that every source shares: cut into packets, pace, number, stop.
std::unique_ptr<StreamObject> make_stream(PacketStream source, Slicing slicing, std::optional<double> speed,
                                          std::stop_source stop);

}  // namespace aestream::bindings
