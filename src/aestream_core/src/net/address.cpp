#include "net/address.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>

#include <cstring>
#include <memory>

#include "aestream_core/errors.hpp"

namespace aestream::net {

namespace {

using Found = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Found look_up(const std::string& host, int family, int flags, int& fault) {
    addrinfo hints{};
    hints.ai_family = family;
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = flags;
    addrinfo* first = nullptr;
    fault = getaddrinfo(host.c_str(), nullptr, &hints, &first);
    return {fault == 0 ? first : nullptr, &freeaddrinfo};
}

void set_port(Address& address, std::uint16_t port) {
    // The port lies at the same place in both.
    reinterpret_cast<sockaddr_in&>(address.storage).sin_port = htons(port);
}

}  // namespace

bool Address::is_multicast() const {
    return is_ipv6() ? IN6_IS_ADDR_MULTICAST(&v6().sin6_addr) : IN_MULTICAST(ntohl(v4().sin_addr.s_addr));
}

std::uint16_t Address::port() const { return ntohs(v4().sin_port); }

std::string Address::host() const {
    std::array<char, NI_MAXHOST> text{};
    const int fault =
        getnameinfo(get(), length, text.data(), static_cast<socklen_t>(text.size()), nullptr, 0, NI_NUMERICHOST);
    return fault == 0 ? text.data() : "?";
}

std::string Address::text() const {
    std::string text = host();
    if (is_ipv6()) text.insert(0, 1, '[').append(1, ']');
    return text.append(1, ':').append(std::to_string(port()));
}

Address resolve(const std::string& host, std::uint16_t port, int family) {
    int fault = 0;
    Found found = look_up(host, family, AI_NUMERICHOST, fault);
    // An IPv4 address where a name has both: what most senders use.
    if (!found && family == AF_UNSPEC) found = look_up(host, AF_INET, AI_ADDRCONFIG, fault);
    if (!found) found = look_up(host, family, 0, fault);
    if (host.empty() || !found) {
        const char* why = host.empty() ? "it is empty" : gai_strerror(fault);
        throw InvalidArgument("address is '" + host + "', which cannot be resolved: " + why);
    }
    Address address;
    address.length = found->ai_addrlen;
    std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
    set_port(address, port);
    return address;
}

unsigned interface_number(const std::string& name) {
    if (name.empty()) return 0;
    if (const unsigned number = if_nametoindex(name.c_str()); number != 0) return number;
    std::string known;
    for (struct if_nameindex *list = if_nameindex(), *each = list; list != nullptr; ++each) {
        if (each->if_index == 0) {
            if_freenameindex(list);
            break;
        }
        if (!known.empty()) known.append(", ");
        known.append(each->if_name);
    }
    throw InvalidArgument("interface is '" + name + "', which this machine does not have; it has " + known);
}

Address on_interface(Address address, unsigned interface) {
    if (address.is_ipv6() && interface != 0) {
        reinterpret_cast<sockaddr_in6&>(address.storage).sin6_scope_id = interface;
    }
    return address;
}

SenderKey key_of(const sockaddr_storage& storage) {
    SenderKey key;
    if (storage.ss_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
        std::memcpy(key.address.data(), &v6.sin6_addr, sizeof(v6.sin6_addr));
        key.scope = v6.sin6_scope_id;
        key.port = ntohs(v6.sin6_port);
    } else {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
        key.address = {0, 0, htonl(0xffff), v4.sin_addr.s_addr};
        key.port = ntohs(v4.sin_port);
    }
    return key;
}

}  // namespace aestream::net
