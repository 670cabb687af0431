#include "frames.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <new>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace aestream::kernels {

namespace {

constexpr std::size_t kept_of_a_size = 4;
constexpr std::size_t kept_bytes = std::size_t{256} << 20U;

struct Shelf {
    std::mutex mutex;
    std::map<std::size_t, std::vector<void*>> free;
    std::size_t bytes = 0;
};

Shelf& shelf() {
    static auto* made = new Shelf;  // never destroyed: tensors may outlive every static object
    return *made;
}

void* take(std::size_t bytes) {
    Shelf& from = shelf();
    const std::lock_guard lock(from.mutex);
    auto& waiting = from.free[bytes];
    if (waiting.empty()) return nullptr;
    void* memory = waiting.back();
    waiting.pop_back();
    from.bytes -= bytes;
    return memory;
}

void give_back(void* memory, std::size_t bytes) {
    Shelf& to = shelf();
    {
        const std::lock_guard lock(to.mutex);
        auto& waiting = to.free[bytes];
        if (waiting.size() < kept_of_a_size && to.bytes + bytes <= kept_bytes) {
            waiting.push_back(memory);
            to.bytes += bytes;
            return;
        }
    }
    std::free(memory);
}

void* allocate(std::size_t bytes) {
    const std::size_t page = bytes >= huge_from_bytes ? std::size_t{2} << 20U : std::size_t{64};
    const std::size_t whole = (bytes + page - 1) / page * page;
    void* memory = std::aligned_alloc(page, whole);
    if (memory == nullptr) throw std::bad_alloc();
#if defined(__linux__)
    if (bytes >= huge_from_bytes) madvise(memory, whole, MADV_HUGEPAGE);
#endif
    return memory;
}

}  // namespace

std::shared_ptr<float> memory(std::size_t cells) {
    const std::size_t bytes = std::max<std::size_t>(cells, 1) * sizeof(float);
    void* found = take(bytes);
    if (found == nullptr) found = allocate(bytes);
    return {static_cast<float*>(found), [bytes](float* used) { give_back(used, bytes); }};
}

std::shared_ptr<float> zeroed(std::size_t cells) {
    auto made = memory(cells);
    std::fill_n(made.get(), cells, 0.0F);
    return made;
}

}  // namespace aestream::kernels
