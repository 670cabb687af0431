// A bounded queue between one thread that puts and one that takes, without locks.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace aestream {

/// Each side keeps the other's position until it seems full or empty, so that cache lines seldom travel.
template <typename T>
class SpscRing {
public:
    /// Room for at least that many values.
    explicit SpscRing(std::size_t capacity) : slots_(std::bit_ceil(capacity)), mask_(slots_.size() - 1) {}

    /// Put a value; false where there is no room, and the value stays as it is.
    bool put(T& value) {
        const std::size_t at = put_.load(std::memory_order_relaxed);
        if (at - seen_taken_ == slots_.size()) {
            seen_taken_ = taken_.load(std::memory_order_acquire);
            if (at - seen_taken_ == slots_.size()) return false;
        }
        slots_[at & mask_] = std::move(value);
        put_.store(at + 1, std::memory_order_release);
        return true;
    }

    /// Take the oldest value; nothing where there is none.
    std::optional<T> take() {
        const std::size_t at = taken_.load(std::memory_order_relaxed);
        if (at == seen_put_) {
            seen_put_ = put_.load(std::memory_order_acquire);
            if (at == seen_put_) return std::nullopt;
        }
        std::optional<T> value(std::exchange(slots_[at & mask_], T{}));
        taken_.store(at + 1, std::memory_order_release);
        return value;
    }

    /// Values in it; from other threads than the two, about.
    [[nodiscard]] std::size_t size() const {
        const std::size_t taken = taken_.load(std::memory_order_acquire);
        return put_.load(std::memory_order_acquire) - taken;
    }
    [[nodiscard]] bool empty() const { return size() == 0; }
    [[nodiscard]] bool full() const { return size() >= slots_.size(); }
    [[nodiscard]] std::size_t capacity() const { return slots_.size(); }

private:
    static constexpr std::size_t cache_line = 64;

    std::vector<T> slots_;
    std::size_t mask_;
    alignas(cache_line) std::atomic<std::size_t> put_ = 0;
    std::size_t seen_taken_ = 0;
    alignas(cache_line) std::atomic<std::size_t> taken_ = 0;
    std::size_t seen_put_ = 0;
};

}  // namespace aestream
