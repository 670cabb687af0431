// A pull coroutine: the link that streams are chained from.
#pragma once

#include <coroutine>
#include <exception>
#include <iterator>
#include <optional>
#include <utility>

namespace aestream {

/// Lazily produces values of T; runs only while its consumer asks for the next one.
///
/// Streams yield packets, not events: comparable code reaches a quarter of a plain loop's speed with one resume per
/// event, and all of it with one per 512. An exception in the body reaches the caller of next() and ends it.
template <typename T>
class [[nodiscard]] Generator {
public:
    struct promise_type {
        std::optional<T> value;
        std::exception_ptr error;

        Generator get_return_object() { return Generator(std::coroutine_handle<promise_type>::from_promise(*this)); }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(T next) {
            value.emplace(std::move(next));
            return {};
        }
        void return_void() noexcept {}
        void unhandled_exception() { error = std::current_exception(); }
    };

    Generator() = default;
    explicit Generator(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
    Generator(Generator&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Generator& operator=(Generator&& other) noexcept {
        if (this != &other) {
            destroy();
            handle_ = std::exchange(other.handle_, nullptr);
        }
        return *this;
    }
    ~Generator() { destroy(); }

    /// The next value, or nothing at the end.
    std::optional<T> next() {
        if (!handle_ || handle_.done()) return std::nullopt;
        promise_type& promise = handle_.promise();
        promise.value.reset();
        handle_.resume();
        if (promise.error) std::rethrow_exception(std::exchange(promise.error, nullptr));
        return std::move(promise.value);
    }

    /// Range-for support inside other coroutines: `for (T& item : upstream)`.
    class iterator {
    public:
        iterator() = default;
        explicit iterator(Generator* source) : source_(source), value_(source->next()) {}
        T& operator*() { return *value_; }
        iterator& operator++() {
            value_ = source_->next();
            return *this;
        }
        bool operator==(std::default_sentinel_t) const { return !value_; }

    private:
        Generator* source_ = nullptr;
        std::optional<T> value_;
    };
    iterator begin() { return iterator(this); }
    std::default_sentinel_t end() { return {}; }

private:
    void destroy() {
        if (handle_) handle_.destroy();
        handle_ = nullptr;
    }
    std::coroutine_handle<promise_type> handle_ = nullptr;
};

}  // namespace aestream
