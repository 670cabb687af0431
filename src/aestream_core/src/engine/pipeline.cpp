#include "aestream_core/pipeline.hpp"

#include <exception>
#include <utility>

#include "aestream_core/readiness.hpp"

namespace aestream {

namespace {

/// Run a step; the fault that it threw, unless there was one before.
template <typename Step>
void attempt(std::exception_ptr& fault, Step step) {
    try {
        step();
    } catch (...) {
        if (!fault) fault = std::current_exception();
    }
}

}  // namespace

void Pipeline::Span::add(const Packet& packet) {
    if (packet.empty()) return;
    const std::uint64_t before = events();
    if (before == 0) first_us_.store(packet.first_us(), std::memory_order_relaxed);
    last_us_.store(packet.last_us(), std::memory_order_relaxed);
    events_.store(before + packet.size(), std::memory_order_release);
}

std::optional<std::uint64_t> Pipeline::Span::known(const std::atomic<std::uint64_t>& time_us) const {
    if (events_.load(std::memory_order_acquire) == 0) return std::nullopt;
    return time_us.load(std::memory_order_relaxed);
}

void Pipeline::run() {
    std::exception_ptr fault;
    attempt(fault, [this] { pump(); });
    // Before sinks are closed: a signal that waits must not interrupt one that is written in Python.
    attempt(fault, &look_at_signals);
    for (const std::shared_ptr<Sink>& sink : parts_.sinks) attempt(fault, [&sink] { sink->close(); });
    if (fault) std::rethrow_exception(fault);
}

Progress Pipeline::progress() const {
    Progress progress;
    progress.packets = packets_.load(std::memory_order_relaxed);
    progress.events_read = read_.events();
    progress.events = out_.events();
    progress.first_read_us = read_.first_us();
    progress.last_read_us = read_.last_us();
    progress.first_us = out_.first_us();
    progress.last_us = out_.last_us();
    return progress;
}

PacketStream Pipeline::counted(PacketStream upstream) {
    for (Packet& packet : upstream) {
        read_.add(packet);
        co_yield std::move(packet);
    }
}

void Pipeline::pump() {
    PacketStream kept = filtered(counted(std::move(parts_.source)), parts_.filters);
    reported_ = std::chrono::steady_clock::now();
    for (const Packet& packet : kept) {
        write(packet);
        report_when_due();
    }
    if (parts_.on_progress) parts_.on_progress();
}

void Pipeline::write(const Packet& packet) {
    for (const std::shared_ptr<Sink>& sink : parts_.sinks) sink->write(packet);
    out_.add(packet);
    packets_.store(packets_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

void Pipeline::report_when_due() {
    const auto now = std::chrono::steady_clock::now();
    if (now - reported_ < parts_.interval) return;
    reported_ = now;
    // A source that never waits is not interrupted by a signal.
    look_at_signals();
    if (parts_.on_progress) parts_.on_progress();
}

}  // namespace aestream
