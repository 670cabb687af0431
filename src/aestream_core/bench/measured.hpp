// Wall and processor time of a run, and a line of JSON about it.
#pragma once

#include <sys/resource.h>

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

/// Run once and print what, with what, and how long. The check of the result is the caller's.
template <typename Work>
auto measured(const std::string& task, const std::string& method, std::size_t packet_events, unsigned threads,
              std::uint64_t events, Work work) {
    const double processor_before_s = processor_s();
    const auto start = std::chrono::steady_clock::now();
    auto result = work();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    std::printf(
        R"({"task":"%s","method":"%s","packet_events":%zu,"threads":%u,"events":%llu,"wall_s":%.9f,"cpu_s":%.6f})"
        "\n",
        task.c_str(), method.c_str(), packet_events, threads, static_cast<unsigned long long>(events), wall.count(),
        processor_s() - processor_before_s);
    return result;
}

}  // namespace bench
