// What is left of a byte stream that was cut inside a record.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace aestream {

/// The first bytes of a record whose rest has not come yet.
template <std::size_t record_bytes>
struct PartialRecord {
    std::array<std::byte, record_bytes> bytes{};
    std::size_t filled = 0;

    /// Call decode(first, count) for the whole records of `data`, the first one joined with what was left before; keeps
    /// what is left now.
    template <typename DecodeRecords>
    void feed(std::span<const std::byte> data, DecodeRecords&& decode) {
        if (filled > 0) {
            const std::size_t more = std::min(record_bytes - filled, data.size());
            std::copy_n(data.begin(), more, bytes.begin() + static_cast<std::ptrdiff_t>(filled));
            filled += more;
            data = data.subspan(more);
            if (filled < record_bytes) return;
            filled = 0;
            decode(static_cast<const std::byte*>(bytes.data()), std::size_t{1});
        }
        decode(data.data(), data.size() / record_bytes);
        const auto rest = data.last(data.size() % record_bytes);
        std::ranges::copy(rest, bytes.begin());
        filled = rest.size();
    }
};

}  // namespace aestream
