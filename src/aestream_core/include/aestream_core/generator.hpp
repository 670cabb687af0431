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
        T* current = nullptr;  ///< what was yielded: it stays where it is until the body goes on
        std::exception_ptr error;

        /// A copy of a value that is not the consumer's to change.
        struct Copied {
            T value;
            [[nodiscard]] bool await_ready() const noexcept { return false; }
            void await_suspend(std::coroutine_handle<promise_type> body) noexcept { body.promise().current = &value; }
            void await_resume() const noexcept {}
        };

        Generator get_return_object() { return Generator(std::coroutine_handle<promise_type>::from_promise(*this)); }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(T&& next) noexcept {
            current = &next;
            return {};
        }
        Copied yield_value(const T& next) { return {next}; }
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
        T* const value = advance();
        return value != nullptr ? std::optional<T>(std::move(*value)) : std::nullopt;
    }

    /// Range-for support inside other coroutines: `for (T& item : upstream)`, where an item may be moved on.
    class iterator {
    public:
        iterator() = default;
        explicit iterator(Generator* source) : source_(source), value_(source->advance()) {}
        T& operator*() { return *value_; }
        iterator& operator++() {
            value_ = source_->advance();
            return *this;
        }
        bool operator==(std::default_sentinel_t) const { return value_ == nullptr; }

    private:
        Generator* source_ = nullptr;
        T* value_ = nullptr;
    };
    iterator begin() { return iterator(this); }
    std::default_sentinel_t end() { return {}; }

private:
    /// Run to the next value; null at the end.
    T* advance() {
        if (!handle_ || handle_.done()) return nullptr;
        handle_.resume();
        promise_type& promise = handle_.promise();
        if (handle_.done()) {
            if (promise.error) std::rethrow_exception(std::exchange(promise.error, nullptr));
            return nullptr;
        }
        return promise.current;
    }

    void destroy() {
        if (handle_) handle_.destroy();
        handle_ = nullptr;
    }
    std::coroutine_handle<promise_type> handle_ = nullptr;
};

}  // namespace aestream
