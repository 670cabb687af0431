"""One end of a run, in a process of its own: `python bench/udp/worker.py ROLE OPTIONS`, with the options as JSON.

Receivers print "ready", then everyone one line of JSON. Libraries are loaded by the role, so that an interpreter needs
only what it is asked for.
"""

import json
import os
import sys
import threading
import time
from typing import Any

WIDTH, HEIGHT = 640, 480
IDLE_S = 1.0
PACKET_EVENTS = 1 << 16


def say(result: dict[str, Any]) -> None:
    """Print the result and end, whatever threads a library left running."""
    print(json.dumps(result), flush=True)
    os._exit(0)


def ready() -> None:
    """Say that datagrams may come."""
    print("ready", flush=True)


def made_columns(count: int) -> Any:
    """Make columns of events in order of time."""
    import numpy as np

    draw = np.random.default_rng(0)
    return {
        "t": np.sort(draw.integers(0, count // 10 + 1, count)),
        "x": draw.integers(0, WIDTH, count).astype(np.uint16),
        "y": draw.integers(0, HEIGHT, count).astype(np.uint16),
        "p": draw.integers(0, 2, count).astype(bool),
    }


def receive_own(port: int, **settings: Any) -> dict[str, Any]:
    """Receive with this suite and count."""
    from aestream_core.net import open_udp

    received, first_s, last_s = 0, 0.0, 0.0
    with open_udp(port=port, width=WIDTH, height=HEIGHT, idle_timeout_s=4 * IDLE_S, **settings) as stream:
        ready()
        for packet in stream:
            first_s = first_s or time.perf_counter()
            last_s = time.perf_counter()
            received += len(packet)
        return {"received": received, "seconds": last_s - first_s, "counters": stream.counters()}


def send_own(port: int, events: int, rate_hz: float | None, **settings: Any) -> dict[str, Any]:
    """Send with this suite."""
    from aestream_core.events import Events
    from aestream_core.net import UdpSender

    packet = Events.from_numpy(**made_columns(PACKET_EVENTS), width=WIDTH, height=HEIGHT)
    with UdpSender(port=port, rate_hz=rate_hz, **settings) as sender:
        start_s = time.perf_counter()
        for _ in range(events // PACKET_EVENTS):
            sender.write(packet)
        seconds = time.perf_counter() - start_s
    return {"sent": events // PACKET_EVENTS * PACKET_EVENTS, "seconds": seconds, "counters": sender.counters()}


def receive_aestream(port: int) -> dict[str, Any]:
    """Receive with AEStream 0.6, which gives frames of counts."""
    import numpy as np

    import aestream

    with aestream.UDPInput((WIDTH, HEIGHT), port=port) as stream:
        time.sleep(0.3)  # its thread binds the port and says nowhere when
        ready()
        received, last_s = 0, time.monotonic() + 4 * IDLE_S
        while time.monotonic() < last_s + IDLE_S:
            new = int(np.array(stream.read("numpy")).sum())
            received += new
            last_s = time.monotonic() if new else last_s
            time.sleep(0.002)
        say({"received": received})
    return {}


def send_faery(port: int, events: int) -> dict[str, Any]:
    """Send with faery, as it does by default."""
    import faery
    import numpy as np

    columns = made_columns(events)
    array = np.empty(events, faery.EVENTS_DTYPE)
    for name, column in zip(array.dtype.names, columns.values(), strict=True):
        array[name] = column
    start_s = time.perf_counter()
    faery.events_stream_from_array(array, (WIDTH, HEIGHT)).to_udp(("127.0.0.1", port))
    return {"sent": events, "seconds": time.perf_counter() - start_s}


def receive_faery(port: int) -> dict[str, Any]:
    """Receive with faery, as it does by default."""
    import faery

    received = [0, time.monotonic() + 4 * IDLE_S]

    def take() -> None:
        for packet in faery.events_stream_from_udp((WIDTH, HEIGHT), ("127.0.0.1", port)):
            received[:] = [received[0] + len(packet), time.monotonic()]

    threading.Thread(target=take, daemon=True).start()
    time.sleep(0.3)  # it says nowhere when it listens
    ready()
    while time.monotonic() < received[1] + IDLE_S:
        time.sleep(0.05)
    say({"received": received[0]})
    return {}


ROLES = {each.__name__: each for each in (receive_own, send_own, receive_aestream, send_faery, receive_faery)}

if __name__ == "__main__":
    say(ROLES[sys.argv[1]](**json.loads(sys.argv[2])))
