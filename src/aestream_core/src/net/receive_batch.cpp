#include "net/receive_batch.hpp"

#include <netinet/udp.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "aestream_core/errors.hpp"

namespace aestream::net {

namespace {

template <typename T>
T value_of(const cmsghdr* header) {
    T value;
    std::memcpy(&value, CMSG_DATA(header), sizeof(value));
    return value;
}

void read_control(msghdr& message, Received& received) {
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level == SOL_UDP && header->cmsg_type == UDP_GRO) {
            if (const int size = value_of<int>(header); size > 0) received.datagram_bytes = static_cast<unsigned>(size);
        } else if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_TIMESTAMPNS) {
            const auto stamp = value_of<timespec>(header);
            received.arrived_ns = std::int64_t{stamp.tv_sec} * 1'000'000'000 + stamp.tv_nsec;
        }
    }
}

}  // namespace

ReceiveBatch::ReceiveBatch() : memory_(std::make_unique_for_overwrite<std::byte[]>(most * slot_bytes)) {
    for (std::size_t i = 0; i < most; ++i) prepare(i);
}

void ReceiveBatch::prepare(std::size_t index) {
    vectors_[index] = {memory_.get() + index * slot_bytes, slot_bytes};
    msghdr& message = messages_[index].msg_hdr;
    message = {};
    message.msg_name = &senders_[index];
    message.msg_namelen = sizeof(sockaddr_storage);
    message.msg_iov = &vectors_[index];
    message.msg_iovlen = 1;
    message.msg_control = controls_[index].bytes.data();
    message.msg_controllen = control_bytes;
}

std::span<const Received> ReceiveBatch::receive(const UdpSocket& socket) {
    for (std::size_t i = 0; i < count_; ++i) prepare(i);
    const int count = ::recvmmsg(socket.descriptor(), messages_.data(), most, MSG_DONTWAIT, nullptr);
    count_ = count < 0 ? 0 : static_cast<std::size_t>(count);
    // A refusal that another socket's datagram met is reported here; it does not concern what is received.
    if (count < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNREFUSED && errno != ENOBUFS) {
        throw Error(system_fault("cannot receive"));
    }
    for (std::size_t i = 0; i < count_; ++i) received_[i] = read(i);
    return {received_.data(), count_};
}

Received ReceiveBatch::read(std::size_t index) {
    Received received;
    received.sender = &senders_[index];
    received.bytes = {memory_.get() + index * slot_bytes, messages_[index].msg_len};
    received.datagram_bytes = std::max<std::size_t>(received.bytes.size(), 1);
    received.cut = (messages_[index].msg_hdr.msg_flags & MSG_TRUNC) != 0;
    read_control(messages_[index].msg_hdr, received);
    return received;
}

}  // namespace aestream::net
