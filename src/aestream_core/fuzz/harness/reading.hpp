// The ways of reading one recording that must agree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aestream_core/files.hpp"
#include "harness.hpp"
#include "outcome.hpp"

namespace aestream::fuzz {

/// One input, as a file of a format.
struct Recording {
    const FileFormat& format;
    std::span<const std::byte> bytes;
    OpenOptions options;

    /// The format's first extension behind some name.
    [[nodiscard]] std::string name() const;
    /// Nothing where the format refuses the file, with an error of ours.
    [[nodiscard]] std::optional<OpenedFile> try_open() const;
    /// For a file that was opened before.
    [[nodiscard]] OpenedFile open(const OpenOptions& with) const;
};

/// Options that collect side records of every kind into a fresh collector.
[[nodiscard]] OpenOptions collecting(OpenOptions options);

/// Read through the stream that programs use. `packets`, where given, gets the first most_events events.
[[nodiscard]] Outcome read_streamed(const Recording& recording, const OpenOptions& options,
                                    std::uint64_t remember_at = UINT64_MAX, std::vector<Packet>* packets = nullptr,
                                    std::size_t most_events = 0);

/// Feed the decoder pieces of drawn sizes, each in memory of its own; sometimes its saved state goes on in a new one.
[[nodiscard]] Outcome read_in_pieces(const Recording& recording, Chooser& choose);

/// The events from start_us on, read from where the format seeks to.
[[nodiscard]] Tally read_from(const Recording& recording, std::uint64_t start_us);

/// The undecoded packets in a row are the bytes behind the header.
void check_raw(const Recording& recording, Chooser& choose);

}  // namespace aestream::fuzz
