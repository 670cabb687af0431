// Where one thread sleeps until another changes what it waits for.
#pragma once

#include <atomic>
#include <stop_token>

#include "aestream_core/readiness.hpp"

namespace aestream {

/// No lock, and no system call while nobody sleeps.
class Gate {
public:
    explicit Gate(const std::stop_token& stop) : readiness_(stop) {
        readiness_.watch(flag_.descriptor(), Direction::readable);
    }

    /// Sleep until `ready()`; false where stop was requested first.
    template <typename Ready>
    bool wait(Ready ready) {
        while (!ready()) {
            asleep_.store(true, std::memory_order_relaxed);
            // With the fence of wake(): either this thread sees the change, or the other sees it asleep.
            std::atomic_thread_fence(std::memory_order_seq_cst);
            if (ready()) break;
            if (readiness_.wait() == Wake::stopped) return false;
            flag_.lower();
        }
        asleep_.store(false, std::memory_order_relaxed);
        return true;
    }

    /// Say that something changed.
    void wake() {
        std::atomic_thread_fence(std::memory_order_seq_cst);
        if (asleep_.load(std::memory_order_relaxed) && asleep_.exchange(false)) flag_.raise();
    }

private:
    EventFlag flag_;
    Readiness readiness_;
    std::atomic<bool> asleep_ = false;
};

}  // namespace aestream
