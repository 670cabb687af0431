#include "aestream_core/reorder_window.hpp"

#include <algorithm>
#include <utility>

namespace aestream {

namespace {

// Positions begin here, so that datagrams from before the first one that came have positions too.
constexpr std::uint64_t origin = std::uint64_t{1} << 32U;

}  // namespace

SequenceCounters& SequenceCounters::operator+=(const SequenceCounters& other) {
    lost_datagrams += other.lost_datagrams;
    lost_events += other.lost_events;
    reordered += other.reordered;
    late += other.late;
    duplicated += other.duplicated;
    stale += other.stale;
    restarts += other.restarts;
    return *this;
}

void ReorderWindow::begin(const FramedHeader& header) {
    begun_ = true;
    ended_ = false;
    session_ = header.session;
    first_ = next_ = origin + header.seq;
    highest_ = next_;
    expected_event_ = header.first_event;
    came_.reset();
}

/// What waits of the old session is due at once; the new one's first datagram waits behind it.
void ReorderWindow::restart(const FramedHeader& header) {
    ++counters_.restarts;
    last_session_ = session_;
    while (!held_.empty()) {
        left_over_.insert(left_over_.begin(), take_first());
        pass(left_over_.front().header, position_of(left_over_.front().header.seq));
    }
    begin(header);
}

/// The position whose low 32 bits are the number, nearest to the next one.
std::uint64_t ReorderWindow::position_of(std::uint32_t seq) const {
    const auto ahead = static_cast<std::int32_t>(seq - static_cast<std::uint32_t>(next_));
    return next_ + static_cast<std::uint64_t>(std::int64_t{ahead});
}

bool ReorderWindow::take(const FramedHeader& header, std::span<const std::byte> records, std::uint64_t now_us) {
    if (!begun_) begin(header);
    if (header.session != session_) {
        if (header.session == last_session_) {
            ++counters_.stale;
            return false;
        }
        restart(header);
    }
    const std::uint64_t position = position_of(header.seq);
    if (position < next_) return take_late(header, position);
    const bool in_turn = position == next_ && left_over_.empty();
    if (!in_turn && !hold(header, records, now_us)) return false;
    if (position < highest_) ++counters_.reordered;
    highest_ = std::max(highest_, position);
    if (in_turn) pass(header, position);
    return in_turn;
}

bool ReorderWindow::take_late(const FramedHeader& header, std::uint64_t position) {
    if (header.end) return false;
    if (next_ - position > remembered) {
        ++counters_.stale;
        return false;
    }
    if (came_.test(position % remembered)) {
        ++counters_.duplicated;
        return false;
    }
    came_.set(position % remembered);
    ++counters_.reordered;
    ++counters_.late;
    if (position > first_) {
        counters_.lost_datagrams -= 1;
        counters_.lost_events -= std::min<std::uint64_t>(header.count, counters_.lost_events);
    }
    return true;
}

/// False where the same one waits already.
bool ReorderWindow::hold(const FramedHeader& header, std::span<const std::byte> records, std::uint64_t now_us) {
    const std::uint64_t position = position_of(header.seq);
    const auto at =
        std::ranges::find_if(held_, [&](const HeldDatagram& each) { return position_of(each.header.seq) <= position; });
    if (at != held_.end() && position_of(at->header.seq) == position) {
        if (!header.end) ++counters_.duplicated;
        return false;
    }
    held_bytes_ += records.size();
    held_.insert(at, {header, {records.begin(), records.end()}, now_us});
    return true;
}

bool ReorderWindow::is_due(const HeldDatagram& first, std::uint64_t now_us) const {
    return position_of(first.header.seq) == next_ || held_.size() > limits_.datagrams || held_bytes_ > limits_.bytes ||
           highest_ - next_ > limits_.datagrams || deadline_us().value_or(UINT64_MAX) <= now_us;
}

std::optional<HeldDatagram> ReorderWindow::next_due(std::uint64_t now_us) {
    if (!left_over_.empty()) {
        HeldDatagram left = std::move(left_over_.back());
        left_over_.pop_back();
        return left;
    }
    if (held_.empty() || !is_due(held_.back(), now_us)) return std::nullopt;
    HeldDatagram first = take_first();
    pass(first.header, position_of(first.header.seq));
    return first;
}

HeldDatagram ReorderWindow::take_first() {
    HeldDatagram first = std::move(held_.back());
    held_.pop_back();
    held_bytes_ -= first.records.size();
    return first;
}

std::optional<std::uint64_t> ReorderWindow::deadline_us() const {
    if (held_.empty()) return std::nullopt;
    const auto oldest = std::ranges::min_element(held_, {}, &HeldDatagram::arrival_us);
    return oldest->arrival_us + static_cast<std::uint64_t>(limits_.longest.count());
}

/// Go on behind a datagram that is delivered; the numbers before it that did not come are lost.
void ReorderWindow::pass(const FramedHeader& header, std::uint64_t position) {
    const std::uint64_t missing = position - next_;
    if (missing > 0) give_up(missing, header.first_event - expected_event_);
    came_.set(position % remembered);
    next_ = position + 1;
    expected_event_ = header.first_event + header.count;
    ended_ = header.end;
}

/// What the headers say of lost events counts as far as that many datagrams can hold them.
void ReorderWindow::give_up(std::uint64_t count, std::uint64_t events) {
    counters_.lost_datagrams += count;
    if (events <= count * framed_most_events) counters_.lost_events += events;
    for (std::uint64_t i = 0; i < std::min(count, remembered); ++i) came_.reset((next_ + i) % remembered);
}

}  // namespace aestream
