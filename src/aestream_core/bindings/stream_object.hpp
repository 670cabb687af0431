// The Python face of a packet stream: a chain of coroutines and the means to stop it from another thread.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "aestream_core/stream.hpp"

namespace aestream::bindings {

/// A chain that Python, and a stage further down, may both hold: one of them pulls at a time.
class SharedChain {
public:
    explicit SharedChain(PacketStream chain) : chain_(std::move(chain)) {}
    SharedChain(const SharedChain&) = delete;
    SharedChain& operator=(const SharedChain&) = delete;

    /// A chain may wait for its own thread when it ends, and that thread for the interpreter lock.
    ~SharedChain() {
        if (PyGILState_Check() == 0) return;
        const pybind11::gil_scoped_release unlocked;
        chain_ = PacketStream();
    }

    std::optional<Packet> next() {
        const std::lock_guard lock(mutex_);
        return chain_.next();
    }

private:
    std::mutex mutex_;
    PacketStream chain_;
};

class StreamObject {
public:
    StreamObject(PacketStream chain, std::stop_source stop)
        : chain_(std::make_shared<SharedChain>(std::move(chain))), stop_(std::move(stop)) {}

    /// The next packet, or nothing at the end. One caller at a time; others wait.
    std::optional<Packet> next() { return chain_->next(); }

    /// Make a running next() return as soon as it can, and every later one return nothing. From any thread.
    void stop() { stop_.request_stop(); }

    /// The packets that are left, as the source of further stages; stopping those is stopping this.
    [[nodiscard]] PacketStream pull() const { return pulled(chain_); }
    [[nodiscard]] std::stop_source stop_source() const { return stop_; }

private:
    static PacketStream pulled(std::shared_ptr<SharedChain> chain) {
        while (std::optional<Packet> packet = chain->next()) co_yield *std::move(packet);
    }

    std::shared_ptr<SharedChain> chain_;
    std::stop_source stop_;
};

/// Chain the stages that every source shares: cut into packets, pace, number, stop.
std::unique_ptr<StreamObject> make_stream(PacketStream source, Slicing slicing, std::optional<double> speed,
                                          std::stop_source stop);

}  // namespace aestream::bindings
