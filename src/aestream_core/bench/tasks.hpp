// The tasks of the benchmark of coroutines.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bench {

struct TrivialTask {
    std::size_t events;
    std::vector<std::size_t> sizes;  ///< events in a packet, or a buffer
    std::vector<unsigned> consumers;
};

/// Print one line for each method, size and number of consumers; throws where a sum is wrong.
void run_trivial(const TrivialTask& task);

struct RecordingTask {
    std::string path;
    std::vector<std::size_t> sizes;  ///< events in a packet; 0 for as they are read
};

/// The same for a recording through two filters into a count surface; throws where a count is wrong.
void run_recording(const RecordingTask& task);

}  // namespace bench
