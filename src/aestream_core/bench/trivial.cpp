// Trivial work on a stream: the sum of all coordinates, which is known. Only the handing over differs.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "aestream_core/generator.hpp"
#include "aestream_core/stream.hpp"
#include "measured.hpp"
#include "queues.hpp"
#include "tasks.hpp"

namespace bench {

namespace {

using aestream::Event;
using aestream::Generator;
using aestream::Packet;
using aestream::PacketStream;
using Events = std::span<const Event>;

constexpr aestream::Sensor sensor{1024, 1024};
// What waits in a queue at most; with that a queue stays in the cache, and no small buffer waits for another.
constexpr std::size_t queued_events = std::size_t{1} << 17U;
constexpr unsigned repeats = 5;
constexpr std::size_t least_depth = 4, most_depth = 256;

std::uint64_t sum_of(Events events) {
    std::uint64_t sum = 0;
    for (const Event& event : events) sum += static_cast<std::uint64_t>(event.x) + event.y();
    return sum;
}

Generator<Event> event_by_event(Events events) {
    for (Event event : events) co_yield std::move(event);
}

PacketStream packet_by_packet(const Packet& all, std::size_t size) {
    for (std::size_t at = 0; at < all.size(); at += size) co_yield all.view(at, std::min(at + size, all.size()));
}

std::uint64_t by_event(const Packet& all) {
    std::uint64_t sum = 0;
    for (const Event& event : event_by_event(all.events())) sum += static_cast<std::uint64_t>(event.x) + event.y();
    return sum;
}

std::uint64_t by_packet(const Packet& all, std::size_t size) {
    std::uint64_t sum = 0;
    for (const Packet& packet : packet_by_packet(all, size)) sum += sum_of(packet.events());
    return sum;
}

std::size_t depth_for(std::size_t size) { return std::clamp(queued_events / size, least_depth, most_depth); }

/// Consumers on threads of their own; each adds up what it takes.
template <typename Queue, typename Use>
std::vector<std::jthread> start(unsigned consumers, Queue& queue, std::atomic<std::uint64_t>& sum, Use use) {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < consumers; ++i) {
        threads.emplace_back([&queue, &sum, use] {
            std::uint64_t own = 0;
            decltype(queue.taken()) taken;
            for (queue.take(taken); !taken.empty(); queue.take(taken)) {
                for (auto& item : taken) own += use(item);
            }
            sum.fetch_add(own);
        });
    }
    return threads;
}

/// A queue, and the type of what is taken out of it at once.
template <template <typename> typename Kind, typename T>
struct Of : Kind<T> {
    using Kind<T>::Kind;
    [[nodiscard]] std::vector<T> taken() const { return {}; }
};

/// As published: events come one by one, so the producer gathers them in buffers, which come back to be filled again.
template <template <typename> typename Kind>
std::uint64_t by_copies(Events events, std::size_t size, unsigned consumers) {
    using Filled = std::vector<Event>*;
    const std::size_t depth = depth_for(size);
    const std::size_t buffers = depth + consumers + 1;
    std::vector<std::vector<Event>> memory(buffers);
    Of<Kind, Filled> queue(depth, consumers), empty(2 * buffers, 1);
    for (auto& buffer : memory) {
        buffer.reserve(size);
        empty.put(&buffer);
    }
    std::atomic<std::uint64_t> sum = 0;
    {
        const auto threads = start(consumers, queue, sum, [&empty](Filled buffer) {
            const std::uint64_t own = sum_of(*buffer);
            empty.put(buffer);
            return own;
        });
        std::vector<Filled> room;
        for (std::size_t at = 0; at < events.size(); at += size) {
            if (room.empty()) empty.take(room);
            const Filled buffer = room.back();
            room.pop_back();
            buffer->clear();
            for (const Event& event : events.subspan(at, std::min(size, events.size() - at))) buffer->push_back(event);
            queue.put(buffer);
        }
        queue.close();
    }
    return sum;
}

/// Kinder to threads than published: the packets are there already, and only references are handed over.
template <template <typename> typename Kind>
std::uint64_t by_reference(const Packet& all, std::size_t size, unsigned consumers) {
    Of<Kind, Events> queue(depth_for(size), consumers);
    std::atomic<std::uint64_t> sum = 0;
    {
        const auto threads = start(consumers, queue, sum, [](Events events) { return sum_of(events); });
        for (std::size_t at = 0; at < all.size(); at += size)
            queue.put(all.events().subspan(at, std::min(size, all.size() - at)));
        queue.close();
    }
    return sum;
}

Packet make_events(std::size_t count) {
    aestream::BufferRef buffer = aestream::BufferPool::shared().acquire(count * sizeof(Event));
    auto* out = reinterpret_cast<Event*>(buffer->data());
    std::uint64_t state = 1;
    for (std::size_t i = 0; i < count; ++i) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        out[i] = {static_cast<std::uint32_t>(i / 16), static_cast<std::uint16_t>(state >> 54U),
                  Event::pack(static_cast<std::uint16_t>((state >> 44U) & 1023U), (state >> 43U & 1U) != 0)};
    }
    return {0, sensor, std::move(buffer), 0, count};
}

}  // namespace

void run_trivial(const TrivialTask& task) {
    const Packet all = make_events(task.events);
    const std::uint64_t expected = sum_of(all.events());
    const auto run = [&](const char* method, std::size_t size, unsigned threads, auto work) {
        const Case what{"sum", method, size, threads, all.size()};
        measure(what, repeats, [&] {
            if (work() != expected) throw std::runtime_error(what.method + ": the sum is wrong");
        });
    };
    run("coroutine, an event at a time", 1, 1, [&] { return by_event(all); });
    for (const std::size_t size : task.sizes) {
        run("plain loop", size, 1, [&] { return sum_of(all.events()); });
        run("coroutine, a packet at a time", size, 1, [&] { return by_packet(all, size); });
        for (const unsigned consumers : task.consumers) {
            const auto events = all.events();
            run("threads, FIFO under a mutex", size, consumers,
                [&] { return by_copies<MutexFifo>(events, size, consumers); });
            run("threads, lock-free queue", size, consumers,
                [&] { return by_copies<LockFreeQueue>(events, size, consumers); });
            run("threads by reference, FIFO under a mutex", size, consumers,
                [&] { return by_reference<MutexFifo>(all, size, consumers); });
            run("threads by reference, lock-free queue", size, consumers,
                [&] { return by_reference<LockFreeQueue>(all, size, consumers); });
        }
    }
}

}  // namespace bench
