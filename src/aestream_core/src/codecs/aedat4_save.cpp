#include <algorithm>
#include <cstring>

#include "aestream_core/aedat4.hpp"

namespace aestream {

namespace {

/// What a saved state begins with; the part of the record that had come lies behind it.
struct Saved {
    std::uint64_t record_at_byte;
    std::uint64_t wanted_bytes;
    std::uint64_t skip_bytes;
    std::int32_t payload_id;
    std::int32_t in_payload;
};

const Aedat4Stream* find_stream(const Aedat4Header& header, std::int32_t id) {
    const auto found = std::ranges::find(header.streams, id, &Aedat4Stream::id);
    return found == header.streams.end() ? nullptr : &*found;
}

}  // namespace

std::string save_aedat4(const Aedat4State& state) {
    const Saved saved{state.record_at_byte, state.wanted_bytes, state.skip_bytes,
                      state.payload != nullptr ? state.payload->id : 0, state.payload != nullptr ? 1 : 0};
    std::string bytes = to_saved(saved);
    bytes.append(reinterpret_cast<const char*>(state.pending.data()), state.pending.size());
    return bytes;
}

bool restore_aedat4(Aedat4State& state, std::string_view bytes) {
    Saved saved{};
    if (!from_saved(bytes.substr(0, sizeof(Saved)), saved)) return false;
    const std::string_view pending = bytes.substr(sizeof(Saved));
    const Aedat4Stream* const payload = saved.in_payload != 0 ? find_stream(state.header, saved.payload_id) : nullptr;
    if ((saved.in_payload != 0 && payload == nullptr) || pending.size() > saved.wanted_bytes) return false;
    state.record_at_byte = saved.record_at_byte;
    state.wanted_bytes = saved.wanted_bytes;
    state.skip_bytes = saved.skip_bytes;
    state.payload = payload;
    state.pending.resize(pending.size());
    if (!pending.empty()) std::memcpy(state.pending.data(), pending.data(), pending.size());
    return true;
}

}  // namespace aestream
