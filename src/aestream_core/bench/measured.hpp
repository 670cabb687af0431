// Wall and processor time of a run, and a line of JSON about it.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

namespace bench {

inline double processor_s() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// One way to do one task.
struct Case {
    std::string task, method;
    std::size_t packet_events = 0;
    unsigned threads = 1;
    std::uint64_t events = 0;
};

/// Run several times and print the least times. Checking each result is the work's own affair.
template <typename Work>
void measure(const Case& what, unsigned repeats, Work work) {
    double least_s = 1e9, least_processor_s = 1e9;
    for (unsigned i = 0; i < repeats; ++i) {
        const double processor_before_s = processor_s();
        const auto start = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
        least_s = std::min(least_s, wall.count());
        least_processor_s = std::min(least_processor_s, processor_s() - processor_before_s);
    }
    std::printf(
        R"({"task":"%s","method":"%s","packet_events":%zu,"threads":%u,"events":%llu,"wall_s":%.9f,"cpu_s":%.6f})"
        "\n",
        what.task.c_str(), what.method.c_str(), what.packet_events, what.threads,
        static_cast<unsigned long long>(what.events), least_s, least_processor_s);
}

}  // namespace bench
