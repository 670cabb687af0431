// The external triggers of an EVT3 stream, apart from its events: read only where somebody wants them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "aestream_core/evt3.hpp"
#include "aestream_core/side_records.hpp"

namespace aestream {

/// What is remembered between two pieces of a stream.
struct Evt3TriggerState {
    Evt3Clock clock;
    std::optional<std::byte> half_word;
};

/// Add the triggers in bytes, cut anywhere, to `side`.
void find_evt3_triggers(Evt3TriggerState& state, std::span<const std::byte> bytes, SideRecords& side);

}  // namespace aestream
