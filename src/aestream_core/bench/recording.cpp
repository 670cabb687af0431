// A real pipeline: a recording, two filters, counts a pixel and polarity. Only how packets travel differs.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "aestream_core/buffered.hpp"
#include "aestream_core/files.hpp"
#include "aestream_core/filters/filter.hpp"
#include "aestream_core/packet_writer.hpp"
#include "aestream_core/pipeline.hpp"
#include "files/byte_file.hpp"
#include "files/file_chunks.hpp"
#include "measured.hpp"
#include "queues.hpp"
#include "tasks.hpp"

namespace bench {

namespace {

using namespace aestream;

constexpr std::size_t queue_packets = 64;
constexpr std::size_t one_consumer = 1;
constexpr std::size_t largest_packet = std::size_t{1} << 16U;

/// Counts a pixel and polarity, (2, H, W).
class Counts : public Sink {
public:
    explicit Counts(Sensor sensor) : sensor_(sensor), cells_(std::size_t{2} * sensor.width * sensor.height) {}

    void write(const Packet& packet) override {
        for (const Event& event : packet.events())
            ++cells_[(std::size_t{event.on()} * sensor_.height + event.y()) * sensor_.width + event.x];
    }
    void close() override {}

    [[nodiscard]] const std::vector<std::uint32_t>& cells() const { return cells_; }

private:
    Sensor sensor_;
    std::vector<std::uint32_t> cells_;
};

using CountsRef = std::shared_ptr<Counts>;
using Filters = std::vector<std::shared_ptr<PacketFilter>>;

Filters make_filters(Sensor sensor) {
    return {make_filter("refractory", {{"us", 200.0}}, sensor),
            make_filter("background_activity", {{"us", 5000.0}}, sensor)};
}

struct Read {
    Sensor sensor;
    PacketStream packets;
    std::shared_ptr<SharedReadCounters> counters = std::make_shared<SharedReadCounters>();
};

OpenedFile open(const std::string& path) {
    OpenOptions options;
    options.memory_map = true;
    return open_file(path, options);
}

Read read(const std::string& path, std::size_t packet_events) {
    OpenedFile opened = open(path);
    Read result{opened.info.sensor, {}};
    result.packets = read_file(std::move(opened), result.counters);
    if (packet_events > 0)
        result.packets = slice(std::move(result.packets), {.packet_us = {}, .packet_events = packet_events});
    return result;
}

/// Everything in one loop, without a coroutine anywhere.
CountsRef plain(const std::string& path, std::size_t packet_events) {
    OpenedFile opened = open(path);
    const Filters filters = make_filters(opened.info.sensor);
    auto counts = std::make_shared<Counts>(opened.info.sensor);
    FileChunks chunks(*opened.file, opened.info.data_begin, opened.decoder->chunk_bytes(), opened.memory_map);
    PacketWriter writer(opened.info.sensor, largest_packet);
    const std::size_t step = packet_events > 0 ? packet_events : largest_packet;
    for (auto chunk = chunks.next(); !chunk.empty(); chunk = chunks.next()) {
        opened.decoder->decode(chunk, writer);
        writer.cut();
        for (const Packet& packet : std::exchange(writer.ready, {})) {
            for (std::size_t at = 0; at < packet.size(); at += step) {
                const Packet part = packet.view(at, std::min(at + step, packet.size()));
                counts->write(filters[1]->apply(filters[0]->apply(part)));
            }
        }
    }
    return counts;
}

/// The engine; with a thread of its own for the reading, or without.
CountsRef engine(const std::string& path, std::size_t packet_events, bool ahead) {
    Read source = read(path, packet_events);
    if (ahead)
        source.packets = buffered(std::move(source.packets), {.packets = queue_packets, .when_full = WhenFull::hold},
                                  {}, std::make_shared<HandOverCounters>());
    auto counts = std::make_shared<Counts>(source.sensor);
    Pipeline({std::move(source.packets), make_filters(source.sensor), {counts}, {}}).run();
    return counts;
}

/// One stage a thread, or the reading and the rest.
template <template <typename> typename Kind>
CountsRef threads(const std::string& path, std::size_t packet_events, unsigned stages) {
    using Queue = Kind<Packet>;
    Read source = read(path, packet_events);
    const Filters filters = make_filters(source.sensor);
    auto counts = std::make_shared<Counts>(source.sensor);
    using Step = std::function<Packet(const Packet&)>;
    const Step count = [&](const Packet& packet) {
        counts->write(packet);
        return Packet();
    };
    const Step first = [&](const Packet& packet) { return filters[0]->apply(packet); };
    const Step second = [&](const Packet& packet) { return filters[1]->apply(packet); };
    const Step all = [&](const Packet& packet) { return count(second(first(packet))); };
    const std::vector<Step> steps = stages == 2 ? std::vector{all} : std::vector{first, second, count};
    std::vector<std::unique_ptr<Queue>> queues;
    for (std::size_t i = 0; i < steps.size(); ++i)
        queues.push_back(std::make_unique<Queue>(queue_packets, one_consumer));
    std::vector<std::jthread> running;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        running.emplace_back([&, i] {
            std::vector<Packet> taken;
            for (queues[i]->take(taken); !taken.empty(); queues[i]->take(taken)) {
                for (const Packet& packet : taken) {
                    Packet left = steps[i](packet);
                    if (i + 1 < steps.size()) queues[i + 1]->put(std::move(left));
                }
            }
            if (i + 1 < steps.size()) queues[i + 1]->close();
        });
    }
    while (std::optional<Packet> packet = source.packets.next()) queues.front()->put(std::move(*packet));
    queues.front()->close();
    running.clear();
    return counts;
}

}  // namespace

void run_recording(const RecordingTask& task) {
    for (const std::size_t size : task.sizes) {
        std::optional<std::vector<std::uint32_t>> expected;
        Read counted = read(task.path, 0);
        while (counted.packets.next()) {
        }
        const std::uint64_t events = counted.counters->get().events;
        const auto run = [&](const char* method, unsigned used, auto work) {
            const Case what{"recording", method, size, used, events};
            measure(what, 1, [&] {
                const CountsRef counts = work();
                if (!expected) expected = counts->cells();
                if (counts->cells() != *expected) throw std::runtime_error(what.method + ": the counts are wrong");
            });
        };
        run("plain loop", 1, [&] { return plain(task.path, size); });
        run("coroutines", 1, [&] { return engine(task.path, size, false); });
        run("coroutines, buffered", 2, [&] { return engine(task.path, size, true); });
        for (const unsigned stages : {2U, 4U}) {
            run("threads, FIFO under a mutex", stages, [&] { return threads<MutexFifo>(task.path, size, stages); });
            run("threads, lock-free queue", stages, [&] { return threads<LockFreeQueue>(task.path, size, stages); });
        }
    }
}

}  // namespace bench
