"""Sends events over a link until told to end: each carries the time at which it was made, in µs since 1970.

python -m two_hosts.sending udp|zmq ADDRESS PORT
"""

import json
import sys
import threading
import time

import numpy as np

from aestream_bridge.links.zeromq_sender import ZmqSender, ZmqSenderConfig
from aestream_core.events import Events
from aestream_core.net import UdpSender

WIDTH, HEIGHT = 320, 240
EVENTS, PERIOD_S = 1000, 0.005


def packet(rng: np.random.Generator) -> Events:
    now_us = time.time_ns() // 1000
    return Events.from_numpy(
        t=np.full(EVENTS, now_us),
        x=rng.integers(0, WIDTH, EVENTS),
        y=rng.integers(0, HEIGHT, EVENTS),
        p=rng.integers(0, 2, EVENTS),
        width=WIDTH,
        height=HEIGHT,
    )


def main() -> None:
    kind, address, port = sys.argv[1:]
    sender: UdpSender | ZmqSender
    if kind == "udp":
        sender = UdpSender(address, int(port))
    else:
        config = ZmqSenderConfig(pattern="push", connect=True)
        sender = ZmqSender(f"tcp://{address}:{port}", config, width=WIDTH, height=HEIGHT)
    told = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), told.set()), daemon=True).start()
    rng = np.random.default_rng(0)
    written = 0
    while not told.wait(PERIOD_S):
        sender.write(packet(rng))
        written += EVENTS
    sender.close()
    print(json.dumps({"written": written, **sender.counters()}), flush=True)


if __name__ == "__main__":
    main()
