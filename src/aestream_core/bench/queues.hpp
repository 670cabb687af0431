// What threads hand buffers over with: a bounded first-in-first-out queue under a mutex, and one without locks.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <utility>
#include <vector>

namespace bench {

/// Consumers take all that waits, shared fairly, under one lock; nobody is woken who does not sleep.
template <typename T>
class MutexFifo {
public:
    MutexFifo(std::size_t depth, std::size_t consumers) : depth_(depth), consumers_(consumers) {}

    void put(T value) {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [this] { return waiting_.size() < depth_; });
        waiting_.push_back(std::move(value));
        if (sleeping_ > 0) filled_.notify_one();
    }

    /// Move some values into `out`; none at the end.
    void take(std::vector<T>& out) {
        out.clear();
        std::unique_lock lock(mutex_);
        ++sleeping_;
        filled_.wait(lock, [this] { return !waiting_.empty() || closed_; });
        --sleeping_;
        const bool full = waiting_.size() >= depth_;
        const std::size_t share = (waiting_.size() + consumers_ - 1) / consumers_;
        for (std::size_t i = 0; i < share; ++i) {
            out.push_back(std::move(waiting_.front()));
            waiting_.pop_front();
        }
        if (full) room_.notify_all();
    }

    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        filled_.notify_all();
    }

private:
    std::size_t depth_, consumers_;
    std::mutex mutex_;
    std::condition_variable room_, filled_;
    std::deque<T> waiting_;
    std::size_t sleeping_ = 0;
    bool closed_ = false;
};

/// Bounded, for any number of threads on both sides: every cell says by a number whose turn it is (the scheme that
/// Dmitry Vyukov published). Who finds nothing, or no room, sleeps on a semaphore.
template <typename T>
class LockFreeQueue {
public:
    LockFreeQueue(std::size_t depth, std::size_t consumers)
        : cells_(std::bit_ceil(depth)), consumers_(consumers), room_(static_cast<std::ptrdiff_t>(cells_.size())) {
        for (std::size_t i = 0; i < cells_.size(); ++i) cells_[i].turn.store(i, std::memory_order_relaxed);
    }

    void put(T value) {
        room_.acquire();
        put_one(std::move(value));
        filled_.release();
    }

    void take(std::vector<T>& out) {
        out.clear();
        filled_.acquire();
        // At the end more wakes come than values.
        if (std::optional<T> value = take_one()) {
            room_.release();
            out.push_back(std::move(*value));
        }
    }

    void close() { filled_.release(static_cast<std::ptrdiff_t>(consumers_)); }

private:
    struct alignas(64) Cell {
        std::atomic<std::size_t> turn;
        T value;
    };

    void put_one(T value) {
        const std::size_t at = put_.fetch_add(1, std::memory_order_relaxed);
        Cell& cell = cells_[at % cells_.size()];
        // The semaphore says that there is room; whoever takes from the cell may still be at it.
        while (cell.turn.load(std::memory_order_acquire) != at) std::atomic_thread_fence(std::memory_order_acquire);
        cell.value = std::move(value);
        cell.turn.store(at + 1, std::memory_order_release);
    }

    std::optional<T> take_one() {
        std::size_t at = taken_.load(std::memory_order_relaxed);
        while (true) {
            Cell& cell = cells_[at % cells_.size()];
            const std::size_t turn = cell.turn.load(std::memory_order_acquire);
            if (turn == at + 1) {
                if (!taken_.compare_exchange_weak(at, at + 1, std::memory_order_relaxed)) continue;
                std::optional<T> value(std::move(cell.value));
                cell.turn.store(at + cells_.size(), std::memory_order_release);
                return value;
            }
            if (turn <= at && put_.load(std::memory_order_acquire) <= at) return std::nullopt;
            at = taken_.load(std::memory_order_relaxed);
        }
    }

    std::vector<Cell> cells_;
    std::size_t consumers_;
    alignas(64) std::atomic<std::size_t> put_ = 0;
    alignas(64) std::atomic<std::size_t> taken_ = 0;
    std::counting_semaphore<> room_;
    std::counting_semaphore<> filled_{0};
};

}  // namespace bench
