#include "lz4_records.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

namespace aestream {

namespace {

constexpr std::size_t record_bytes = 16;
constexpr std::size_t half_bytes = 8;
constexpr std::size_t shortest_match = 4;
constexpr std::size_t largest_nibble = 14;  // 15 says that more bytes of the length follow
// Matches reach two records back. One record would give slightly smaller blocks, but a reader would then load bytes
// that it stored a moment ago in other pieces, and wait for them: blocks like that decompress at half the speed.
constexpr std::size_t distance = 2 * record_bytes;
// A row is the second half of a record (place) and the first of the next (time): what changes from event to event comes
// first and the bytes that stay come last, so that one match at the end of each row has most of them.
constexpr std::size_t first_row = distance + half_bytes;
// The block's last bytes are literals: LZ4 wants 5 of them, and the last match to begin 12 before the end.
constexpr std::size_t bytes_after_row = 2 * record_bytes;

/// Which bytes of a row differ from those of the row that a match refers to.
struct Differences {
    std::uint64_t place;
    std::uint64_t time;
};

std::uint64_t load_word(const std::byte* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof(word));
    return word;
}

Differences differences(const std::byte* row) {
    const std::byte* const earlier = row - distance;
    return {load_word(row) ^ load_word(earlier), load_word(row + half_bytes) ^ load_word(earlier + half_bytes)};
}

/// Bytes up to and with the last that differs; 0 where none does.
std::size_t changing_bytes(Differences differs) {
    const auto width = [](std::uint64_t word) { return (static_cast<std::size_t>(std::bit_width(word)) + 7) / 8; };
    return differs.time != 0 ? half_bytes + width(differs.time) : width(differs.place);
}

/// Bytes before the first that differs; 16 where none does.
std::size_t equal_bytes(Differences differs) {
    const auto zeros = [](std::uint64_t word) { return static_cast<std::size_t>(std::countr_zero(word)) / 8; };
    return differs.place != 0 ? zeros(differs.place) : half_bytes + zeros(differs.time);
}

class BlockWriter {
public:
    explicit BlockWriter(std::byte* out) : cursor_(out) {}

    /// Lengths that fit the token. Copies more literals than are wanted: 16 bytes must be readable and writable.
    void put_short(const std::byte* literals, std::size_t count, std::size_t match) {
        *cursor_ = static_cast<std::byte>(count << 4U | (match - shortest_match));
        std::memcpy(cursor_ + 1, literals, record_bytes);
        cursor_ += 1 + count;
        put_distance();
    }

    void put_long(const std::byte* literals, std::size_t count, std::size_t match) {
        put_literals(literals, count, match - shortest_match);
        put_distance();
        put_rest(match - shortest_match);
    }

    void put_last(const std::byte* literals, std::size_t count) { put_literals(literals, count, 0); }

    [[nodiscard]] std::byte* cursor() const { return cursor_; }

private:
    void put_literals(const std::byte* literals, std::size_t count, std::size_t match_code) {
        const std::size_t more = largest_nibble + 1;
        const std::size_t token = (count < more ? count : more) << 4U | (match_code < more ? match_code : more);
        *cursor_++ = static_cast<std::byte>(token);
        put_rest(count);
        std::memcpy(cursor_, literals, count);
        cursor_ += count;
    }

    void put_distance() {
        constexpr std::uint16_t written = distance;
        std::memcpy(cursor_, &written, sizeof(written));
        cursor_ += sizeof(written);
    }

    /// What of a length does not fit the token.
    void put_rest(std::size_t length) {
        if (length <= largest_nibble) return;
        std::size_t rest = length - largest_nibble - 1;
        for (; rest >= 255; rest -= 255) *cursor_++ = std::byte{255};
        *cursor_++ = static_cast<std::byte>(rest);
    }

    std::byte* cursor_;
};

}  // namespace

std::size_t lz4_records_bound(std::size_t bytes) {
    constexpr std::size_t slack = 64;
    return bytes + bytes / record_bytes * 4 + bytes / 255 + slack;
}

std::size_t lz4_compress_records(std::span<const std::byte> records, std::byte* out) {
    const std::byte* const begin = records.data();
    const std::size_t size = records.size();
    BlockWriter writer(out);
    std::size_t anchor = 0;  // what lies before is written
    std::size_t row = first_row;
    Differences differs = row + bytes_after_row + record_bytes <= size ? differences(begin + row) : Differences{};
    while (row + bytes_after_row + record_bytes <= size) {
        const std::size_t start = row + changing_bytes(differs);
        differs = differences(begin + row + record_bytes);
        // A row that is equal as a whole lengthens the match before it.
        while ((differs.place | differs.time) == 0 && row + 2 * record_bytes + bytes_after_row <= size) [[unlikely]] {
            row += record_bytes;
            differs = differences(begin + row + record_bytes);
        }
        const std::size_t in_next_row = (differs.place | differs.time) == 0 ? 0 : equal_bytes(differs);
        row += record_bytes;
        const std::size_t match = row + in_next_row - start;
        const std::size_t literals = start - anchor;
        if (literals <= largest_nibble && match - shortest_match <= largest_nibble) [[likely]] {
            writer.put_short(begin + anchor, literals, match);
        } else if (match >= shortest_match) {
            writer.put_long(begin + anchor, literals, match);
        } else {
            continue;
        }
        anchor = start + match;
    }
    writer.put_last(begin + anchor, size - anchor);
    return static_cast<std::size_t>(writer.cursor() - out);
}

}  // namespace aestream
