#include <cstring>

#include "aestream_core/errors.hpp"
#include "net/udp_socket.hpp"

namespace aestream::net {

namespace {

void join_v4(const UdpSocket& socket, const Address& group, unsigned interface) {
    ip_mreqn request{};
    request.imr_multiaddr = group.v4().sin_addr;
    request.imr_ifindex = static_cast<int>(interface);
    if (::setsockopt(socket.descriptor(), IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof(request)) != 0) {
        throw Error(system_fault("cannot join the multicast group " + group.host()));
    }
}

void join_v6(const UdpSocket& socket, const Address& group, unsigned interface) {
    ipv6_mreq request{};
    request.ipv6mr_multiaddr = group.v6().sin6_addr;
    request.ipv6mr_interface = interface;
    if (::setsockopt(socket.descriptor(), IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &request, sizeof(request)) != 0) {
        throw Error(system_fault("cannot join the multicast group " + group.host()));
    }
}

void set_v4(const UdpSocket& socket, const MulticastRoute& route) {
    ip_mreqn request{};
    request.imr_ifindex = static_cast<int>(route.interface);
    if (route.interface != 0 &&
        ::setsockopt(socket.descriptor(), IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof(request)) != 0) {
        throw Error(system_fault("cannot send multicast datagrams by that interface"));
    }
    socket.require(IPPROTO_IP, IP_MULTICAST_TTL, route.ttl, "the multicast ttl");
    socket.require(IPPROTO_IP, IP_MULTICAST_LOOP, route.loop ? 1 : 0, "the multicast loop");
}

void set_v6(const UdpSocket& socket, const MulticastRoute& route) {
    if (route.interface != 0) {
        socket.require(IPPROTO_IPV6, IPV6_MULTICAST_IF, static_cast<int>(route.interface), "the multicast interface");
    }
    socket.require(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, route.ttl, "the multicast ttl");
    socket.require(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, route.loop ? 1 : 0, "the multicast loop");
}

}  // namespace

void join_group(const UdpSocket& socket, const Address& group, unsigned interface) {
    group.is_ipv6() ? join_v6(socket, group, interface) : join_v4(socket, group, interface);
}

void set_multicast(const UdpSocket& socket, int family, const MulticastRoute& route) {
    family == AF_INET6 ? set_v6(socket, route) : set_v4(socket, route);
}

}  // namespace aestream::net
