#include "dat_seek.hpp"

#include <algorithm>
#include <array>

#include "aestream_core/dat.hpp"
#include "codecs/dat_records.hpp"
#include "raw_header.hpp"

namespace aestream {

namespace {

constexpr std::uint64_t looks = 1024;                 // all over the file, to see whether times ascend
constexpr std::uint64_t latest_event_us = 1'000'000;  // events this late are still found

/// The records of a file, as an array.
class Records {
public:
    Records(const ByteFile& file, const FileInfo& info)
        : file_(file), begin_(info.data_begin), count_((file.size_bytes() - info.data_begin) / dat_record_bytes) {}

    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] std::uint64_t byte_of(std::uint64_t index) const { return begin_ + index * dat_record_bytes; }
    [[nodiscard]] std::uint64_t time_us(std::uint64_t index) const {
        std::array<std::byte, dat_record_bytes> record{};
        if (file_.read(byte_of(index), record) < record.size()) return 0;
        return dat::load_record(record.data()) & dat::low_time_mask;
    }

    /// Whether times ascend over the whole file, but for late events and what hides between the looks.
    [[nodiscard]] bool ascend() const {
        std::uint64_t before_us = 0;
        for (std::uint64_t look = 0; look <= looks; ++look) {
            const std::uint64_t t_us = time_us((count_ - 1) * look / looks);
            if (t_us + latest_event_us < before_us) return false;
            before_us = t_us;
        }
        return true;
    }

private:
    const ByteFile& file_;
    std::uint64_t begin_;
    std::uint64_t count_;
};

/// Index before which every event lies before t_us, where times ascend.
std::uint64_t first_at_or_after(const Records& records, std::uint64_t t_us) {
    std::uint64_t from = 0;
    std::uint64_t to = records.count();
    while (from < to) {
        const std::uint64_t middle = from + (to - from) / 2;
        if (records.time_us(middle) < t_us) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

}  // namespace

std::uint64_t seek_dat(const ByteFile& file, const FileInfo& info, Decoder& /*decoder*/, std::uint64_t start_us) {
    const Records records(file, info);
    const std::uint64_t t0_us = t0_us_of(RawHeader{info.details, 0}) / DatClock::range * DatClock::range;
    if (records.count() == 0 || start_us < t0_us + latest_event_us || !records.ascend()) return info.data_begin;
    return records.byte_of(first_at_or_after(records, start_us - t0_us - latest_event_us));
}

}  // namespace aestream
