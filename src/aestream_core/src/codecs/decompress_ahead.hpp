// Decompresses a row of packets on several cores, for one reader that takes them in order.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "decompress.hpp"

namespace aestream {

/// The reader helps while it waits. What a packet expands to waits in one of a few slots, so that memory is bounded.
class DecompressAhead {
public:
    /// A packet that expands to more is left to the reader.
    static constexpr std::size_t largest_bytes = std::size_t{1} << 26U;

    /// Starts threads - 1 workers. `make` gives a decompressor bounded by largest_bytes.
    DecompressAhead(unsigned threads, const std::function<std::unique_ptr<Decompressor>()>& make);
    ~DecompressAhead();
    DecompressAhead(const DecompressAhead&) = delete;
    DecompressAhead& operator=(const DecompressAhead&) = delete;

    /// Begin on these packets, whose bytes must stay until stop().
    void start(std::vector<std::span<const std::byte>> compressed);

    /// The next packet decompressed, valid until the next call. Nothing where that failed, or where `compressed` is not
    /// the next of those that were given to start().
    [[nodiscard]] std::optional<std::span<const std::byte>> take(std::span<const std::byte> compressed);

    /// Leave what was not taken; no worker touches the packets' bytes any more.
    void stop();

private:
    enum class Progress { waiting, running, done, failed };
    struct Job {
        std::span<const std::byte> compressed;
        std::span<const std::byte> bytes;
        Progress progress = Progress::waiting;
    };
    using Lock = std::unique_lock<std::mutex>;

    [[nodiscard]] bool runnable() const { return next_ < jobs_.size() && next_ < released_ + slots_.size(); }
    void run_next(Lock& lock);
    void work();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::unique_ptr<Decompressor>> slots_;  // of job i: slots_[i % size]
    std::vector<Job> jobs_;
    std::size_t next_ = 0;      // first job that nobody began
    std::size_t released_ = 0;  // jobs whose slot is free again
    std::size_t running_ = 0;
    bool holding_ = false;  // whether the reader holds the bytes of job released_
    bool ending_ = false;
    std::vector<std::jthread> workers_;
};

}  // namespace aestream
