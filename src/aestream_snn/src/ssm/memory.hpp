// Arrays that start at a cache line, and on large pages where they are large.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace aestream::ssm {

template <typename T>
struct LineAllocator {
    using value_type = T;
    static constexpr std::size_t line = 64, page = std::size_t{2} << 20;

    LineAllocator() = default;
    template <typename Other>
    explicit LineAllocator(const LineAllocator<Other>&) {}

    T* allocate(std::size_t count) {
        const std::size_t bytes = count * sizeof(T), to = bytes >= 2 * page ? page : line;
        void* memory = std::aligned_alloc(to, (bytes + to - 1) / to * to);
        if (!memory) throw std::bad_alloc();
#if defined(__linux__)
        if (to == page) madvise(memory, (bytes + to - 1) / to * to, MADV_HUGEPAGE);
#endif
        return static_cast<T*>(memory);
    }
    void deallocate(T* memory, std::size_t) { std::free(memory); }
    bool operator==(const LineAllocator&) const = default;
};

using Floats = std::vector<float, LineAllocator<float>>;

/// Features and states come in groups of this many, filled up with zeros.
constexpr std::size_t group = 32;
constexpr std::size_t padded(std::size_t size) { return (size + group - 1) / group * group; }

}  // namespace aestream::ssm
