// Places in a recording from which decoding can begin, kept from one reading to the next.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aestream_core/decoder.hpp"
#include "byte_file.hpp"

namespace aestream {

/// A place every few megabytes with the decoder's state there. Grows as a recording is read with a start time; is
/// stored in the user's cache folder and void as soon as the recording's size or date changes.
class FileIndex {
public:
    struct Entry {
        std::uint64_t at_byte = 0;
        std::uint64_t latest_us = 0;  ///< latest time of all events before this place
        std::string state;            ///< Decoder::save()
    };
    static constexpr std::uint64_t spacing_bytes = std::uint64_t{4} << 20U;

    /// Load what is known of a recording: nothing where there is no cache, or it is of another state of the file.
    FileIndex(const ByteFile& file, std::string_view format);

    /// The last place before which every event lies before start_us, or null.
    [[nodiscard]] const Entry* last_before(std::uint64_t start_us) const;

    /// Take a place that was come by, if it lies far enough behind the last one.
    void offer(std::uint64_t at_byte, std::uint64_t latest_us, const Decoder& decoder);

    /// Write what was added to the cache folder. A folder that cannot be written is no fault: the next reading is
    /// slower.
    void store();

    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

private:
    std::string cache_path_;  ///< empty where there is no cache folder
    std::string identity_;    ///< the file's path, size and date, and the format
    std::vector<Entry> entries_;
    bool grown_ = false;
};

}  // namespace aestream
