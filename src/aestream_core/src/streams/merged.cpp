#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aestream_core/errors.hpp"
#include "aestream_core/stream.hpp"

namespace aestream {

namespace {

/// One stream: the packet that is being given out, and how far.
class Branch {
public:
    explicit Branch(PacketStream stream) : stream_(std::move(stream)) {}

    /// Make sure that there is an event to give out; false at the stream's end.
    bool fill() {
        while (!ended_ && empty()) {
            std::optional<Packet> packet = stream_.next();
            ended_ = !packet;
            if (packet) front_ = std::move(*packet);
            at_ = 0;
        }
        return !ended_;
    }

    [[nodiscard]] bool empty() const { return at_ == front_.size(); }
    [[nodiscard]] std::size_t left() const { return front_.size() - at_; }
    [[nodiscard]] std::uint64_t t0_us() const { return front_.t0_us(); }
    [[nodiscard]] std::uint64_t head_us() const { return front_.time_us(at_); }
    [[nodiscard]] Sensor sensor() const { return front_.sensor(); }
    [[nodiscard]] const Event& head() const { return front_.events()[at_]; }
    void step() { ++at_; }

    /// The rest of the front where it all lies before that time.
    [[nodiscard]] std::optional<Packet> rest_before(std::uint64_t bound_us) {
        Packet rest = front_.view(at_, front_.size());
        if (rest.latest_us() > bound_us) return std::nullopt;
        at_ = front_.size();
        return rest;
    }

private:
    PacketStream stream_;
    Packet front_;
    std::size_t at_ = 0;
    bool ended_ = false;
};

/// The branch whose next event is the earliest, and the time of the earliest of the others.
struct Earliest {
    Branch* branch = nullptr;
    std::uint64_t others_us = UINT64_MAX;
};

Earliest earliest(const std::vector<Branch*>& branches) {
    Earliest found;
    for (Branch* branch : branches) {
        if (found.branch == nullptr) {
            found.branch = branch;
        } else if (branch->head_us() < found.branch->head_us()) {
            found = {branch, found.branch->head_us()};
        } else {
            found.others_us = std::min(found.others_us, branch->head_us());
        }
    }
    return found;
}

/// Events of all branches in the order of time, until one of them has none left.
class Merge {
public:
    explicit Merge(const std::vector<Branch*>& branches) : branches_(branches) {
        std::size_t most = 0;
        for (const Branch* branch : branches) {
            most += branch->left();
            base_us_ = std::min(base_us_, branch->t0_us());
        }
        buffer_ = BufferPool::shared().acquire(most * sizeof(Event));
    }

    [[nodiscard]] Packet packet() {
        for (bool more = true; more;) more = run(earliest(branches_));
        return {base_us_, branches_.front()->sensor(), buffer_, 0, count_};
    }

private:
    /// Take events of one branch up to the next one's; false where it is empty, or the offset would be too large.
    bool run(Earliest from) {
        auto* const out = reinterpret_cast<Event*>(buffer_->data());
        while (!from.branch->empty() && from.branch->head_us() <= from.others_us) {
            const std::uint64_t offset_us = from.branch->head_us() - base_us_;
            if (offset_us > UINT32_MAX) return false;
            out[count_] = from.branch->head();
            out[count_++].t = static_cast<std::uint32_t>(offset_us);
            from.branch->step();
        }
        return !from.branch->empty();
    }

    const std::vector<Branch*>& branches_;
    std::uint64_t base_us_ = UINT64_MAX;
    BufferRef buffer_;
    std::size_t count_ = 0;
};

void check_sensors(const std::vector<Branch*>& branches) {
    for (const Branch* branch : branches) {
        const Sensor first = branches.front()->sensor(), other = branch->sensor();
        if (first == other) continue;
        const auto size = [](Sensor s) { return std::to_string(s.width) + "x" + std::to_string(s.height); };
        throw InvalidArgument("streams of a " + size(first) + " and of a " + size(other) +
                              " sensor cannot be merged; all must be of one size");
    }
}

/// The branches that go on; a fault of one leaves out that one.
std::vector<Branch*> filled(std::vector<Branch>& branches, std::exception_ptr& fault) {
    std::vector<Branch*> live;
    for (Branch& branch : branches) {
        try {
            const bool has_more = fault ? !branch.empty() : branch.fill();
            if (has_more) live.push_back(&branch);
        } catch (...) {
            fault = std::current_exception();
        }
    }
    return live;
}

PacketStream merge(std::vector<Branch> branches) {
    std::exception_ptr fault;
    for (std::vector<Branch*> live = filled(branches, fault); !live.empty(); live = filled(branches, fault)) {
        check_sensors(live);
        const Earliest first = earliest(live);
        if (std::optional<Packet> whole = first.branch->rest_before(first.others_us)) {
            co_yield *std::move(whole);
        } else {
            co_yield Merge(live).packet();
        }
    }
    if (fault) std::rethrow_exception(fault);
}

}  // namespace

PacketStream merged(std::vector<PacketStream> upstreams) {
    std::vector<Branch> branches;
    for (PacketStream& upstream : upstreams) branches.emplace_back(std::move(upstream));
    return merge(std::move(branches));
}

}  // namespace aestream
