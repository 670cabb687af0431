// What came of reading a recording one way, in a form that is compared with another way's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aestream_core/decoder.hpp"
#include "aestream_core/packet.hpp"
#include "aestream_core/side_records.hpp"

namespace aestream::fuzz {

/// Counts and hashes events as they come, in constant memory: hostile files may hold many. Checks that each lies on the
/// sensor at a possible time.
class Tally {
public:
    /// `remember_at`: how many events to remember the hash of, to compare with a stream that ended there.
    explicit Tally(std::uint64_t remember_at = UINT64_MAX) : remember_at_(remember_at) {}

    /// Take events at or after from_us; add_us is added to the times.
    void take(const Packet& packet, std::uint64_t add_us = 0, std::uint64_t from_us = 0);

    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] std::uint64_t hash() const { return hash_; }
    /// Hash of the first remember_at events.
    [[nodiscard]] std::uint64_t remembered_hash() const { return count_ <= remember_at_ ? hash_ : remembered_hash_; }
    [[nodiscard]] bool ascending() const { return ascending_; }
    /// The first events, as "t,x,y,p", for messages.
    [[nodiscard]] std::vector<std::string> first() const;

private:
    void take(std::uint64_t t_us, Event event);

    std::uint64_t remember_at_;
    std::uint64_t count_ = 0;
    std::uint64_t hash_ = 1;
    std::uint64_t remembered_hash_ = 1;
    std::uint64_t last_us_ = 0;
    bool ascending_ = true;
    std::vector<std::pair<std::uint64_t, Event>> first_;
};

struct Outcome {
    Tally events;
    std::optional<std::uint64_t> fault_byte;  ///< where DamagedRecording said that the damage is
    std::string fault;
    std::optional<DecodeCounters> counters;
    std::uint64_t side_hash = 1;  ///< of triggers, IMU samples and frames
};

/// Hash of all side records; takes them out. Checks that frames have the pixels that they claim.
[[nodiscard]] std::uint64_t hash_of(SideRecords& side);

/// Fails where two ways of reading the same bytes differ; `ways` names them.
void require_equal(const Outcome& one, const Outcome& other, const std::string& ways);

/// Fails where two tallies differ.
void require_equal(const Tally& one, const Tally& other, const std::string& ways);

}  // namespace aestream::fuzz
