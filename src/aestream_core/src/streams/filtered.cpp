#include <utility>

#include "aestream_core/stream.hpp"

namespace aestream {

namespace {

PacketStream through(PacketStream upstream, std::shared_ptr<PacketFilter> filter) {
    for (Packet& packet : upstream) co_yield filter->apply(packet);
}

}  // namespace

PacketStream filtered(PacketStream upstream, std::vector<std::shared_ptr<PacketFilter>> filters) {
    for (std::shared_ptr<PacketFilter>& filter : filters) upstream = through(std::move(upstream), std::move(filter));
    return upstream;
}

}  // namespace aestream
