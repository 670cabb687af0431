#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

#include "aedat3_events.hpp"
#include "aestream_core/aedat3.hpp"
#include "aestream_core/errors.hpp"

namespace aestream {

namespace {

using namespace aedat3;

constexpr std::size_t largest_frame_bytes = std::size_t{1} << 26U;

/// What is wrong with a packet's header. Where its sizes are sound the packet can be passed over.
struct Fault {
    std::string message;
    bool can_be_passed;
};

std::optional<Fault> find_fault(const Aedat3PacketHeader& header) {
    const auto text = [](auto value) { return std::to_string(value); };
    if (header.type < 0)
        return Fault{"a packet is compressed (type " + text(header.type) + "), which is not read", false};
    if (header.event_bytes < 1 || header.events < 0 || header.capacity < header.events || header.overflows < 0) {
        return Fault{"a packet's header claims " + text(header.events) + " of " + text(header.capacity) +
                         " events of " + text(header.event_bytes) + " bytes after " + text(header.overflows) +
                         " overflows of the clock",
                     false};
    }
    const std::size_t expected = bytes_of(header.type);
    const auto size = static_cast<std::size_t>(header.event_bytes);
    if (expected != 0 && size != expected) {
        return Fault{"a packet of type " + text(header.type) + " claims events of " + text(size) + " bytes, not " +
                         text(expected),
                     true};
    }
    if (header.type == frame && size > largest_frame_bytes) {
        return Fault{
            "a packet claims frames of " + text(size) + " bytes; at most " + text(largest_frame_bytes) + " are read",
            true};
    }
    return std::nullopt;
}

bool is_wanted(std::int16_t type, const SideRecords* side) {
    if (type == polarity || type == special) return true;
    if (side == nullptr) return false;
    return type == frame ? side->wanted().frames : (type == imu6 || type == imu9) && side->wanted().imu;
}

/// Take a whole header. Throws DamagedRecording.
void begin_packet(Aedat3State& state, const SideRecords* side) {
    std::memcpy(&state.header, state.partial.data(), aedat3_header_bytes);
    state.partial_bytes = 0;
    const auto fault = find_fault(state.header);
    if (fault && !(fault->can_be_passed && state.skip_errors)) {
        throw DamagedRecording(fault->message, state.at_byte - aedat3_header_bytes);
    }
    state.packet_bytes =
        static_cast<std::uint64_t>(state.header.capacity) * static_cast<std::uint64_t>(state.header.event_bytes);
    state.events_left = static_cast<std::uint32_t>(state.header.events);
    state.skipped = fault.has_value() || !is_wanted(state.header.type, side);
    if (fault) {
        ++state.damaged;
    } else if (state.header.type != polarity) {
        ++state.skipped_packets;
    }
}

void decode_records(Aedat3State& state, const std::byte* at, std::size_t count, PacketWriter& writer,
                    SideRecords* side) {
    switch (state.header.type) {
        case polarity:
            return decode_polarity(state, at, count, writer);
        case special:
            return decode_special(state, at, count, side != nullptr && side->wanted().triggers ? side : nullptr);
        default:
            if (side != nullptr) decode_imu(state, at, count, *side);
    }
}

/// Collect a frame as its bytes come, so that a claimed size costs nothing; hand it on when it is whole.
std::size_t take_frame(Aedat3Decoding& decoding, std::span<const std::byte> bytes, SideRecords* side) {
    Aedat3State& state = decoding.state;
    const auto size = static_cast<std::size_t>(state.header.event_bytes);
    const std::size_t missing = size - state.partial_bytes;
    const std::size_t taken = std::min(missing, bytes.size());
    decoding.frame.insert(decoding.frame.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
    state.partial_bytes += static_cast<std::uint32_t>(taken);
    if (taken < missing) return taken;
    if (decoding.frame.size() == size && side != nullptr) decode_frame(state, decoding.frame, *side);
    decoding.frame.clear();
    state.partial_bytes = 0;
    --state.events_left;
    return taken;
}

/// Take records that are cut in pieces, or as many whole ones as there are; returns the bytes taken.
std::size_t take_records(Aedat3State& state, std::span<const std::byte> bytes, PacketWriter& writer,
                         SideRecords* side) {
    const std::size_t size = bytes_of(state.header.type);
    if (state.partial_bytes == 0 && bytes.size() >= size) {
        const std::size_t count = std::min<std::size_t>(bytes.size() / size, state.events_left);
        decode_records(state, bytes.data(), count, writer, side);
        state.events_left -= static_cast<std::uint32_t>(count);
        return count * size;
    }
    const std::size_t taken = std::min(size - state.partial_bytes, bytes.size());
    std::copy_n(bytes.begin(), taken, state.partial.begin() + state.partial_bytes);
    state.partial_bytes += static_cast<std::uint32_t>(taken);
    if (state.partial_bytes < size) return taken;
    state.partial_bytes = 0;
    --state.events_left;
    decode_records(state, state.partial.data(), 1, writer, side);
    return taken;
}

std::size_t take_header(Aedat3State& state, std::span<const std::byte> bytes) {
    const std::size_t taken = std::min(aedat3_header_bytes - state.partial_bytes, bytes.size());
    std::copy_n(bytes.begin(), taken, state.partial.begin() + state.partial_bytes);
    state.partial_bytes += static_cast<std::uint32_t>(taken);
    return taken;
}

/// Take what comes next; returns the bytes taken.
std::size_t take(Aedat3Decoding& decoding, std::span<const std::byte> bytes, PacketWriter& writer, SideRecords* side) {
    Aedat3State& state = decoding.state;
    const auto of_packet = bytes.first(std::min<std::uint64_t>(bytes.size(), state.packet_bytes));
    if (state.skipped || state.events_left == 0) return of_packet.size();
    if (state.header.type == frame) return take_frame(decoding, of_packet, side);
    return take_records(state, of_packet, writer, side);
}

}  // namespace

void decode_aedat3(Aedat3Decoding& decoding, std::span<const std::byte> bytes, PacketWriter& writer,
                   SideRecords* side) {
    Aedat3State& state = decoding.state;
    while (!bytes.empty()) {
        const bool between = state.packet_bytes == 0;
        const std::size_t taken = between ? take_header(state, bytes) : take(decoding, bytes, writer, side);
        bytes = bytes.subspan(taken);
        state.at_byte += taken;
        if (!between) {
            state.packet_bytes -= taken;
        } else if (state.partial_bytes == aedat3_header_bytes) {
            begin_packet(state, side);
        }
    }
}

bool is_possible(const Aedat3State& state) {
    if (state.packet_bytes == 0) return state.partial_bytes < aedat3_header_bytes;
    if (state.skipped) return state.partial_bytes == 0;
    if (find_fault(state.header) || state.header.type > imu9) return false;
    const auto size = static_cast<std::uint64_t>(state.header.event_bytes);
    const std::uint64_t due_bytes = state.events_left * size;
    return state.partial_bytes < size && due_bytes <= state.packet_bytes + state.partial_bytes;
}

}  // namespace aestream
