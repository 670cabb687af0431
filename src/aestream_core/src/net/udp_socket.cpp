#include "net/udp_socket.hpp"

#include <fcntl.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "aestream_core/errors.hpp"

namespace aestream::net {

std::string system_fault(const std::string& what) { return what + ": " + std::strerror(errno); }

UdpSocket::UdpSocket(int family) : descriptor_(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    if (!descriptor_) throw Error(system_fault("cannot open a UDP socket"));
}

bool UdpSocket::set(int level, int name, int value) const {
    return ::setsockopt(descriptor(), level, name, &value, sizeof(value)) == 0;
}

void UdpSocket::require(int level, int name, int value, const std::string& what) const {
    if (!set(level, name, value)) throw Error(system_fault("cannot set " + what));
}

int UdpSocket::get(int level, int name) const {
    int value = 0;
    socklen_t size = sizeof(value);
    ::getsockopt(descriptor(), level, name, &value, &size);
    return value;
}

void UdpSocket::bind(const Address& address) const {
    if (::bind(descriptor(), address.get(), address.length) != 0) {
        throw Error(system_fault("cannot receive on " + address.text()));
    }
}

void UdpSocket::connect(const Address& address) const {
    if (::connect(descriptor(), address.get(), address.length) != 0) {
        throw Error(system_fault("cannot send to " + address.text()));
    }
}

Address UdpSocket::local_address() const {
    Address address;
    address.length = sizeof(address.storage);
    ::getsockname(descriptor(), reinterpret_cast<sockaddr*>(&address.storage), &address.length);
    return address;
}

/// The forced form passes the limit of the system and needs a privilege. The kernel doubles what it is asked for, to
/// have room for what it keeps about each datagram.
std::size_t UdpSocket::ask_for_buffer(std::size_t bytes, int forced, int asked) const {
    const int wanted = static_cast<int>(std::min<std::size_t>(bytes, 1U << 30U));
    if (!set(SOL_SOCKET, forced, wanted)) set(SOL_SOCKET, asked, wanted);
    return static_cast<std::size_t>(get(SOL_SOCKET, asked)) / 2;
}

std::size_t UdpSocket::ask_for_receive_buffer(std::size_t bytes) const {
    return ask_for_buffer(bytes, SO_RCVBUFFORCE, SO_RCVBUF);
}

std::size_t UdpSocket::ask_for_send_buffer(std::size_t bytes) const {
    return ask_for_buffer(bytes, SO_SNDBUFFORCE, SO_SNDBUF);
}

std::uint64_t UdpSocket::kernel_drops() const {
    std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
    socklen_t size = sizeof(memory);
    if (::getsockopt(descriptor(), SOL_SOCKET, SO_MEMINFO, memory.data(), &size) != 0) return 0;
    return memory[SK_MEMINFO_DROPS];
}

}  // namespace aestream::net
