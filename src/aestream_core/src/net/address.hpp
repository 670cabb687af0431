// Addresses of UDP: names, IPv4 and IPv6, multicast groups, and the interfaces that they are reached by.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>

namespace aestream::net {

/// An address with a port, as the system's calls take it.
struct Address {
    sockaddr_storage storage{};
    socklen_t length = 0;

    [[nodiscard]] int family() const { return storage.ss_family; }
    [[nodiscard]] bool is_ipv6() const { return family() == AF_INET6; }
    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
    [[nodiscard]] const sockaddr_in& v4() const { return reinterpret_cast<const sockaddr_in&>(storage); }
    [[nodiscard]] const sockaddr_in6& v6() const { return reinterpret_cast<const sockaddr_in6&>(storage); }
    [[nodiscard]] bool is_multicast() const;
    [[nodiscard]] std::uint16_t port() const;
    /// "127.0.0.1:3333" or "[::1]:3333".
    [[nodiscard]] std::string text() const;
    /// The same without the port.
    [[nodiscard]] std::string host() const;
};

/// Look a name or number up; asks the network's name server where it is a name. `family` is AF_INET, AF_INET6 or
/// AF_UNSPEC. Throws InvalidArgument where there is no such address.
[[nodiscard]] Address resolve(const std::string& host, std::uint16_t port, int family = AF_UNSPEC);

/// The number of a network interface, 0 for the system's choice where the name is empty. Throws InvalidArgument.
[[nodiscard]] unsigned interface_number(const std::string& name);

/// The address as it is on that interface: IPv6 needs it where a group, or a link, is on every interface.
[[nodiscard]] Address on_interface(Address address, unsigned interface);

/// What tells senders apart: an IPv6 address (IPv4 ones mapped into it), scope and port.
struct SenderKey {
    std::array<std::uint32_t, 4> address{};
    std::uint32_t scope = 0;
    std::uint16_t port = 0;
    bool operator==(const SenderKey&) const = default;
    /// Whether they are the same host, whatever their ports.
    [[nodiscard]] bool same_host(const SenderKey& other) const { return address == other.address; }
};
[[nodiscard]] SenderKey key_of(const sockaddr_storage& address);

}  // namespace aestream::net
