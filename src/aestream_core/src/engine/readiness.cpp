#include "aestream_core/readiness.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "aestream_core/errors.hpp"

namespace aestream {

namespace {

constexpr int most_events = 16;

std::atomic<void (*)()> signal_look{nullptr};

Descriptor checked(int number, const char* what) {
    if (number < 0) throw Error(std::string("cannot wait for input or output: ") + what + ": " + std::strerror(errno));
    return Descriptor(number);
}

/// The steady clock is CLOCK_MONOTONIC. An all-zero time would disarm the timer; a time that is over does not.
timespec timespec_of(Readiness::Clock::time_point when) {
    const auto since = std::max<std::chrono::nanoseconds>(when.time_since_epoch(), std::chrono::nanoseconds(1));
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
    return {static_cast<time_t>(seconds.count()), static_cast<long>((since - seconds).count())};
}

}  // namespace

EventFlag::EventFlag() : descriptor_(checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {}

void EventFlag::raise() const noexcept {
    const std::uint64_t one = 1;
    // Full means raised already.
    [[maybe_unused]] const ssize_t written = ::write(descriptor_.get(), &one, sizeof one);
}

void EventFlag::lower() const noexcept {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t taken = ::read(descriptor_.get(), &count, sizeof count);
}

Readiness::Readiness(std::stop_token stop)
    : stop_(std::move(stop)),
      timer_(checked(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd_create")),
      epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      on_stop_(stop_, Raise{&stopped_}) {
    add(stopped_.descriptor(), EPOLLIN);
    add(timer_.get(), EPOLLIN);
}

void Readiness::watch(int descriptor, Direction direction) {
    add(descriptor, direction == Direction::readable ? EPOLLIN : EPOLLOUT);
}

Wake Readiness::wait(std::optional<Clock::time_point> deadline) {
    if (stop_.stop_requested()) return Wake::stopped;
    ready_ = always_ready_;
    arm(deadline);
    std::array<epoll_event, most_events> events{};
    int count = -1;
    while (count < 0) {
        count = ::epoll_wait(epoll_.get(), events.data(), most_events, ready_.empty() ? -1 : 0);
        if (count >= 0) break;
        if (errno != EINTR) throw Error(std::string("waiting for input or output failed: ") + std::strerror(errno));
        look_at_signals();
    }
    for (int i = 0; i < count; ++i) ready_.push_back(events[static_cast<std::size_t>(i)].data.fd);
    return wake_of(count);
}

bool Readiness::is_ready(int descriptor) const { return std::ranges::find(ready_, descriptor) != ready_.end(); }

void Readiness::add(int descriptor, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = descriptor;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) == 0) return;
    if (errno != EPERM) {
        throw Error("cannot wait for descriptor " + std::to_string(descriptor) + ": " + std::strerror(errno));
    }
    always_ready_.push_back(descriptor);
}

void Readiness::arm(std::optional<Clock::time_point> deadline) {
    if (!deadline && !timer_armed_) return;
    itimerspec when{};
    if (deadline) when.it_value = timespec_of(*deadline);
    ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
    timer_armed_ = deadline.has_value();
}

Wake Readiness::wake_of(int count) const {
    if (stop_.stop_requested()) return Wake::stopped;
    const bool only_timer = count == 1 && is_ready(timer_.get()) && always_ready_.empty();
    return only_timer ? Wake::deadline : Wake::ready;
}

bool sleep_until(Readiness::Clock::time_point deadline, const std::stop_token& stop) {
    return Readiness(stop).wait(deadline) != Wake::stopped;
}

void look_at_signals() {
    if (void (*const look)() = signal_look.load()) look();
}

void on_signal(void (*look)()) { signal_look.store(look); }

}  // namespace aestream
