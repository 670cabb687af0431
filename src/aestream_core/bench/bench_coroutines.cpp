// Coroutines against threads, as `python -m bench coroutines` runs it: one line of JSON a measurement.
//
//   bench_coroutines sum EVENTS SIZE,SIZE,... CONSUMERS,CONSUMERS,...
//   bench_coroutines recording PATH SIZE,SIZE,...
#include <cstdio>
#include <exception>
#include <sstream>
#include <string>
#include <vector>

#include "tasks.hpp"

namespace {

template <typename Number>
std::vector<Number> numbers(const char* text) {
    std::vector<Number> result;
    std::stringstream words(text);
    for (std::string word; std::getline(words, word, ',');) result.push_back(static_cast<Number>(std::stoull(word)));
    return result;
}

}  // namespace

int main(int count, char** words) {
    const std::string task = count > 1 ? words[1] : "";
    try {
        if (task == "sum" && count == 5) {
            bench::run_trivial({std::stoull(words[2]), numbers<std::size_t>(words[3]), numbers<unsigned>(words[4])});
        } else if (task == "recording" && count == 4) {
            bench::run_recording({words[2], numbers<std::size_t>(words[3])});
        } else {
            std::fputs("usage: bench_coroutines sum EVENTS SIZES CONSUMERS | recording PATH SIZES\n", stderr);
            return 2;
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
