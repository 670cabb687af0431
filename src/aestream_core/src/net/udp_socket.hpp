// A UDP socket that never blocks, with the options that senders and receivers set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

#include "aestream_core/descriptor.hpp"
#include "net/address.hpp"

namespace aestream::net {

class UdpSocket {
public:
    /// Throws Error.
    explicit UdpSocket(int family);

    [[nodiscard]] int descriptor() const { return descriptor_.get(); }

    /// Set an option of type int; false where the system refuses.
    bool set(int level, int name, int value) const;
    /// Set an option. Throws Error, which says what was wanted.
    void require(int level, int name, int value, const std::string& what) const;
    [[nodiscard]] int get(int level, int name) const;

    /// Throws Error, which says the address.
    void bind(const Address& address) const;
    void connect(const Address& address) const;
    [[nodiscard]] Address local_address() const;

    /// Ask for that much memory for what waits to be read; gives what the system granted, in bytes of payload.
    std::size_t ask_for_receive_buffer(std::size_t bytes) const;
    std::size_t ask_for_send_buffer(std::size_t bytes) const;

    /// Datagrams that the system dropped because nobody took them in time, or that a filter refused.
    [[nodiscard]] std::uint64_t kernel_drops() const;

private:
    [[nodiscard]] std::size_t ask_for_buffer(std::size_t bytes, int forced, int asked) const;
    Descriptor descriptor_;
};

/// "what: why", of the system's last error.
[[nodiscard]] std::string system_fault(const std::string& what);

/// Join a multicast group on an interface. Throws Error.
void join_group(const UdpSocket& socket, const Address& group, unsigned interface);

/// How multicast datagrams leave. Throws Error.
struct MulticastRoute {
    unsigned interface = 0;  ///< 0 for the system's choice
    int ttl = 1;             ///< routers that they may pass, plus one
    bool loop = true;        ///< whether this machine gets them too
};
void set_multicast(const UdpSocket& socket, int family, const MulticastRoute& route);

/// Let the kernel drop what comes from other hosts than these, before it takes room in the buffer. False where the
/// system refuses, or there are too many.
bool accept_only(const UdpSocket& socket, int family, const std::vector<SenderKey>& hosts);

}  // namespace aestream::net
