// Waiting for file descriptors without turning: epoll, woken by a stop token, a deadline or a signal.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "aestream_core/descriptor.hpp"

namespace aestream {

/// A flag that sleeps in the kernel: raised from any thread, lowered by the one that waits for it.
class EventFlag {
public:
    EventFlag();
    void raise() const noexcept;
    void lower() const noexcept;
    [[nodiscard]] int descriptor() const { return descriptor_.get(); }

private:
    Descriptor descriptor_;
};

enum class Direction { readable, writable };

/// What ended a wait.
enum class Wake { ready, deadline, stopped };

/// Waits until one of some descriptors is ready. One thread waits at a time; stopping works from any.
class Readiness {
public:
    using Clock = std::chrono::steady_clock;

    explicit Readiness(std::stop_token stop);
    Readiness(const Readiness&) = delete;
    Readiness& operator=(const Readiness&) = delete;

    /// Wait for that descriptor too, which must stay open. Regular files are always ready. Throws Error.
    void watch(int descriptor, Direction direction);

    /// Sleep until a descriptor is ready, an error on it included, the deadline passes or stop is requested. Stopping
    /// counts first and stays. Calls what on_signal() set where a signal arrives, and goes on.
    Wake wait(std::optional<Clock::time_point> deadline = {});

    /// Whether that descriptor was ready when wait() last returned.
    [[nodiscard]] bool is_ready(int descriptor) const;

private:
    struct Raise {
        const EventFlag* flag;
        void operator()() const noexcept { flag->raise(); }
    };

    void add(int descriptor, std::uint32_t events);
    void arm(std::optional<Clock::time_point> deadline);
    [[nodiscard]] Wake wake_of(int count) const;

    std::stop_token stop_;
    EventFlag stopped_;
    Descriptor timer_;
    bool timer_armed_ = false;
    Descriptor epoll_;
    std::vector<int> always_ready_;
    std::vector<int> ready_;
    std::stop_callback<Raise> on_stop_;
};

/// Sleep until the deadline; false where stop was requested before. On Readiness' terms.
bool sleep_until(Readiness::Clock::time_point deadline, const std::stop_token& stop);

/// Say what to do where a signal arrives during a wait, for the whole process: it may throw, which ends the wait.
/// The bindings let Python look at its signals here, so that Ctrl-C is a KeyboardInterrupt at once.
void on_signal(void (*look)());

/// Do that now: in work that does not wait.
void look_at_signals();

}  // namespace aestream
