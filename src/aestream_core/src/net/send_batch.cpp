#include "net/send_batch.hpp"

#include <netinet/udp.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace aestream::net {

namespace {

// Limits of the kernel for a message that it cuts (include/linux/udp.h: UDP_MAX_SEGMENTS).
constexpr std::size_t most_segments = 64;
constexpr std::size_t most_message_bytes = 65'000;
// A refusal is the answer to an earlier datagram; the call that reports it has sent nothing and is made again.
constexpr int most_refusals = 3;
constexpr std::chrono::microseconds pause_when_full{200};

bool kernel_cuts(const UdpSocket& socket) { return socket.set(SOL_UDP, UDP_SEGMENT, 0); }

bool is_about_cutting(int fault) { return fault == EINVAL || fault == EIO || fault == EMSGSIZE || fault == EOPNOTSUPP; }

iovec vector_of(std::span<const std::byte> bytes) { return {const_cast<std::byte*>(bytes.data()), bytes.size()}; }

}  // namespace

SendBatch::SendBatch(const UdpSocket& socket, UdpSenderCounters& counters)
    : socket_(socket), counters_(counters), cuts_(kernel_cuts(socket)) {
    messages_.reserve(most);
}

/// How many datagrams from the front leave as one message: of one size, but for the last, which may be shorter.
std::size_t SendBatch::run_length(std::span<const Outgoing> datagrams) const {
    const std::size_t size = datagrams.front().bytes();
    if (!cuts_ || size == 0) return 1;
    const std::size_t limit = std::min({datagrams.size(), most_segments, most_message_bytes / size});
    std::size_t count = 1;
    while (count < limit && datagrams[count].bytes() == size) ++count;
    const bool shorter_follows = count < limit && datagrams[count].bytes() < size && datagrams[count].bytes() > 0;
    return shorter_follows ? count + 1 : count;
}

void SendBatch::describe(std::size_t message, std::span<const Outgoing> datagrams, std::size_t& vector) {
    msghdr& header = headers_[message].msg_hdr;
    header = {};
    header.msg_iov = &vectors_[vector];
    for (const Outgoing& each : datagrams) {
        if (!each.header.empty()) vectors_[vector++] = vector_of(each.header);
        vectors_[vector++] = vector_of(each.payload);
    }
    header.msg_iovlen = static_cast<std::size_t>(&vectors_[vector] - header.msg_iov);
    if (datagrams.size() == 1) return;
    header.msg_control = controls_[message].bytes.data();
    header.msg_controllen = controls_[message].bytes.size();
    cmsghdr* const control = CMSG_FIRSTHDR(&header);
    control->cmsg_level = SOL_UDP;
    control->cmsg_type = UDP_SEGMENT;
    control->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
    const auto size = static_cast<std::uint16_t>(datagrams.front().bytes());
    std::memcpy(CMSG_DATA(control), &size, sizeof(size));
}

void SendBatch::gather(std::span<const Outgoing> datagrams) {
    messages_.clear();
    std::size_t vector = 0;
    while (!datagrams.empty()) {
        const std::size_t count = run_length(datagrams);
        describe(messages_.size(), datagrams.first(count), vector);
        messages_.push_back({datagrams.first(count)});
        datagrams = datagrams.subspan(count);
    }
}

void SendBatch::send(std::span<const Outgoing> datagrams, double patience_s, const std::stop_token& stop) {
    gather(datagrams);
    std::size_t done = 0;
    while (done < messages_.size()) {
        const int sent = ::sendmmsg(socket_.descriptor(), &headers_[done],
                                    static_cast<unsigned>(messages_.size() - done), MSG_DONTWAIT | MSG_NOSIGNAL);
        const int fault = sent < 0 ? errno : 0;
        for (int i = 0; i < sent; ++i) count_sent(messages_[done++]);
        if (sent > 0) {
            refusals_ = 0;
            full_since_.reset();
        } else if (cuts_ && is_about_cutting(fault) && messages_[done].datagrams.size() > 1) {
            // This way out does not take messages that are to be cut (its interface computes no checksums, or its
            // packets are smaller): datagram by datagram from now on.
            cuts_ = false;
            const Outgoing* const rest = messages_[done].datagrams.data();
            gather({rest, datagrams.data() + datagrams.size()});
            done = 0;
        } else if (!survive(fault, patience_s, stop)) {
            count_dropped(messages_[done++]);
        }
    }
}

bool SendBatch::survive(int fault, double patience_s, const std::stop_token& stop) {
    switch (fault) {
        case EINTR:
            return true;
        case EAGAIN:
        case ENOBUFS:
            ++counters_.full;
            return wait_for_room(patience_s, stop);
        case ECONNREFUSED:
            ++counters_.refused;
            return ++refusals_ <= most_refusals;
        default:
            ++counters_.unreachable;
            return false;
    }
}

/// False once there was no room for longer than that; then nothing waits any more until something was sent.
bool SendBatch::wait_for_room(double patience_s, const std::stop_token& stop) {
    const auto now = Readiness::Clock::now();
    if (!full_since_) full_since_ = now;
    if (std::chrono::duration<double>(now - *full_since_).count() >= patience_s) return false;
    return sleep_until(now + pause_when_full, stop);
}

void SendBatch::count_sent(const Message& message) {
    counters_.datagrams += message.datagrams.size();
    for (const Outgoing& each : message.datagrams) {
        counters_.bytes += each.bytes();
        counters_.events += each.events;
    }
}

void SendBatch::count_dropped(const Message& message) {
    counters_.dropped += message.datagrams.size();
    for (const Outgoing& each : message.datagrams) counters_.dropped_events += each.events;
}

}  // namespace aestream::net
