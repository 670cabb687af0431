// A packet filter of the kernel (classic BPF) that refuses datagrams by the host that sent them.
#include <arpa/inet.h>
#include <linux/filter.h>

#include <cstddef>
#include <vector>

#include "net/udp_socket.hpp"

namespace aestream::net {

namespace {

constexpr std::size_t most_hosts = 32;
constexpr std::uint32_t v4_source = 12;  // place in the IP header
constexpr std::uint32_t v6_source = 8;
constexpr std::uint32_t v4_mapped = 0xffff;

using Program = std::vector<sock_filter>;

sock_filter load_word(std::uint32_t at) {
    return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(SKF_NET_OFF) + at};
}
sock_filter unless_equal_skip(std::uint32_t value, std::size_t skipped) {
    return {BPF_JMP | BPF_JEQ | BPF_K, 0, static_cast<std::uint8_t>(skipped), value};
}
sock_filter answer(std::uint32_t bytes) { return {BPF_RET | BPF_K, 0, 0, bytes}; }

/// Accept the datagram where these words lie at that place of its IP header, else go on behind.
void accept_where(Program& program, std::uint32_t at, const std::vector<std::uint32_t>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        program.push_back(load_word(at + 4 * static_cast<std::uint32_t>(i)));
        program.push_back(unless_equal_skip(words[i], 2 * (words.size() - 1 - i) + 1));
    }
    program.push_back(answer(UINT32_MAX));
}

bool is_v4(const SenderKey& host) { return ntohl(host.address[2]) == v4_mapped; }

void accept_host(Program& program, const SenderKey& host, bool v6_socket) {
    if (is_v4(host)) {
        if (!v6_socket) accept_where(program, v4_source, {ntohl(host.address[3])});
        return;
    }
    std::vector<std::uint32_t> words;
    for (const std::uint32_t word : host.address) words.push_back(ntohl(word));
    if (v6_socket) accept_where(program, v6_source, words);
}

}  // namespace

bool accept_only(const UdpSocket& socket, int family, const std::vector<SenderKey>& hosts) {
    if (hosts.size() > most_hosts) return false;
    Program program;
    for (const SenderKey& host : hosts) accept_host(program, host, family == AF_INET6);
    program.push_back(answer(0));
    const sock_fprog all{static_cast<unsigned short>(program.size()), program.data()};
    return ::setsockopt(socket.descriptor(), SOL_SOCKET, SO_ATTACH_FILTER, &all, sizeof(all)) == 0;
}

}  // namespace aestream::net
