// Counters of the network as Python dictionaries.
#pragma once

#include <pybind11/pybind11.h>

#include "aestream_core/udp_receiver.hpp"
#include "aestream_core/udp_sender.hpp"

namespace aestream::bindings {

pybind11::dict dict_of(const UdpCounters& counters);
pybind11::dict dict_of(const UdpSenderCounters& counters);

/// The codecs of datagrams, without sockets.
void register_datagrams(pybind11::module_& module);

}  // namespace aestream::bindings
