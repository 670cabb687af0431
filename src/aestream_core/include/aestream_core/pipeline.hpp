// From a source through filters into sinks: the loop that the command and the Python API run.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "aestream_core/sink.hpp"
#include "aestream_core/stream.hpp"

namespace aestream {

/// What went through. Times are sensor times in µs; nothing where no event came.
struct Progress {
    std::uint64_t packets = 0;      ///< that went all the way, empty ones too
    std::uint64_t events_read = 0;  ///< before the filters
    std::uint64_t events = 0;       ///< that went out
    std::optional<std::uint64_t> first_read_us;
    std::optional<std::uint64_t> last_read_us;
    std::optional<std::uint64_t> first_us;  ///< of what went out
    std::optional<std::uint64_t> last_us;
};

/// Pulls packets one by one: the next is asked for only when every sink has taken the one before.
class Pipeline {
public:
    struct Parts {
        PacketStream source;
        std::vector<std::shared_ptr<PacketFilter>> filters;
        std::vector<std::shared_ptr<Sink>> sinks;  ///< each gets every packet, in this order
        std::function<void()> on_progress;         ///< called now and then between packets; may throw
        std::chrono::milliseconds interval{100};   ///< between two such calls, at least
    };

    explicit Pipeline(Parts parts) : parts_(std::move(parts)) {}

    /// Run to the end of the source, once. Where the source, a filter or a sink throws, everything before that has gone
    /// out; every sink is closed, whatever happens; then the first fault is thrown on.
    void run();

    /// What went through so far; from any thread.
    [[nodiscard]] Progress progress() const;

private:
    /// Counters with one writer.
    class Span {
    public:
        void add(const Packet& packet);
        [[nodiscard]] std::uint64_t events() const { return events_.load(std::memory_order_relaxed); }
        [[nodiscard]] std::optional<std::uint64_t> first_us() const { return known(first_us_); }
        [[nodiscard]] std::optional<std::uint64_t> last_us() const { return known(last_us_); }

    private:
        [[nodiscard]] std::optional<std::uint64_t> known(const std::atomic<std::uint64_t>& time_us) const;

        std::atomic<std::uint64_t> events_ = 0;
        std::atomic<std::uint64_t> first_us_ = 0;
        std::atomic<std::uint64_t> last_us_ = 0;
    };

    PacketStream counted(PacketStream upstream);
    void pump();
    void write(const Packet& packet);
    void report_when_due();

    Parts parts_;
    std::atomic<std::uint64_t> packets_ = 0;
    Span read_;
    Span out_;
    std::chrono::steady_clock::time_point reported_;
};

}  // namespace aestream
