#include "decompress_ahead.hpp"

#include <utility>

namespace aestream {

DecompressAhead::DecompressAhead(unsigned threads, const std::function<std::unique_ptr<Decompressor>()>& make) {
    for (unsigned i = 0; i < 2 * threads; ++i) slots_.push_back(make());
    for (unsigned i = 1; i < threads; ++i) workers_.emplace_back([this] { work(); });
}

DecompressAhead::~DecompressAhead() {
    stop();
    {
        const Lock lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
}

void DecompressAhead::start(std::vector<std::span<const std::byte>> compressed) {
    stop();
    {
        const Lock lock(mutex_);
        for (const auto& packet : compressed) jobs_.push_back({packet, {}, Progress::waiting});
    }
    changed_.notify_all();
}

std::optional<std::span<const std::byte>> DecompressAhead::take(std::span<const std::byte> compressed) {
    Lock lock(mutex_);
    if (std::exchange(holding_, false)) {
        ++released_;
        changed_.notify_all();
    }
    if (released_ >= jobs_.size() || jobs_[released_].compressed.data() != compressed.data()) return std::nullopt;
    holding_ = true;
    const Job& job = jobs_[released_];
    while (job.progress == Progress::waiting || job.progress == Progress::running) {
        if (runnable()) {
            run_next(lock);
        } else {
            changed_.wait(lock);
        }
    }
    if (job.progress == Progress::failed) return std::nullopt;
    return job.bytes;
}

void DecompressAhead::stop() {
    Lock lock(mutex_);
    next_ = jobs_.size();
    changed_.wait(lock, [this] { return running_ == 0; });
    jobs_.clear();
    next_ = released_ = 0;
    holding_ = false;
}

void DecompressAhead::run_next(Lock& lock) {
    Job& job = jobs_[next_];
    Decompressor& slot = *slots_[next_ % slots_.size()];
    ++next_;
    ++running_;
    job.progress = Progress::running;
    lock.unlock();
    std::optional<std::span<const std::byte>> bytes;
    try {
        bytes = slot.decompress(job.compressed);
    } catch (...) {
        // The reader decompresses the packet itself and meets the same fault in its place.
        bytes.reset();
    }
    lock.lock();
    --running_;
    job.progress = bytes ? Progress::done : Progress::failed;
    job.bytes = bytes.value_or(std::span<const std::byte>());
    changed_.notify_all();
}

void DecompressAhead::work() {
    Lock lock(mutex_);
    while (!ending_) {
        if (runnable()) {
            run_next(lock);
        } else {
            changed_.wait(lock);
        }
    }
}

}  // namespace aestream
