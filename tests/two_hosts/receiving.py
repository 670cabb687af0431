"""Receives what `sending` sends, to its end: the books, how old events were on arrival, and the longest silence.

python -m two_hosts.receiving udp|zmq ADDRESS PORT
"""

import json
import sys
import time

import numpy as np

from aestream_bridge.links.zeromq_receiver import ZmqReceiverConfig, open_zmq
from aestream_core.net import open_udp
from aestream_core.streams import PacketStream


def open_link(kind: str, address: str, port: int) -> PacketStream:
    if kind == "udp":
        stream = open_udp(address, port, width=320, height=240, once=True)
        print(json.dumps({"listening": True}), flush=True)
        return stream
    print(json.dumps({"listening": True}), flush=True)
    return open_zmq(f"tcp://{address}:{port}", ZmqReceiverConfig(pattern="push", bind=True))


def main() -> None:
    stream = open_link(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    ages_ms: list[float] = []
    arrivals_s: list[float] = []
    events = 0
    for packet in stream:
        if not len(packet):
            continue
        ages_ms.append((time.time_ns() // 1000 - packet.last_us) / 1000)
        arrivals_s.append(time.monotonic())
        if events == 0:
            print(json.dumps({"first": True}), flush=True)
        events += len(packet)
    median, late, last = np.percentile(ages_ms, [50, 99, 100]).tolist()
    ages = {"p50_ms": median, "p99_ms": late, "max_ms": last, "longest_silence_s": float(np.diff(arrivals_s).max())}
    print(json.dumps({"received": events, **ages, **stream.counters()}), flush=True)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
