// Writes 16-bit words of a kind in the top 4 bits and a payload below: EVT3, libcaer_cmp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace aestream {

template <typename Kind>
class WordWriter {
public:
    explicit WordWriter(std::byte* out) : cursor_(out) {}
    void put(Kind kind, std::uint64_t payload) { put_if(true, kind, payload); }
    /// Always stores, so that the caller needs no branch; the word counts only if it is wanted.
    void put_if(bool wanted, Kind kind, std::uint64_t payload) {
        const auto word = static_cast<std::uint16_t>(kind << 12U | (payload & 0x0FFFU));
        std::memcpy(cursor_, &word, sizeof word);
        cursor_ += wanted ? sizeof word : 0;
    }
    [[nodiscard]] std::byte* cursor() const { return cursor_; }

private:
    std::byte* cursor_;
};

}  // namespace aestream
