"""How fast links carry events from one process to another: each against bytes through a plain pipe."""

import multiprocessing
import os
import tempfile
import time
import uuid
from collections.abc import Callable
from io import BufferedWriter
from multiprocessing.connection import Connection
from typing import Any

from aestream_bridge.browser.server import BrowserView
from aestream_bridge.links.json_lines import format_json_lines
from aestream_bridge.links.link_stream import LinkStream
from aestream_bridge.links.pipe import JsonLineReader, RecordReader, RecordWriter
from aestream_bridge.links.shared_memory import ShmSender, open_shm
from aestream_bridge.links.zeromq_receiver import ZmqReceiverConfig, open_zmq
from aestream_bridge.links.zeromq_sender import ZmqSender, ZmqSenderConfig
from aestream_core.events import Events
from aestream_core.simulator import SimConfig, open_simulator
from bench.timing import show

WIDTH, HEIGHT = 640, 480
EVENTS, JSON_EVENTS = 20_000_000, 1_000_000
ROUNDS = 3


def packets(count: int) -> list[Events]:
    """Make packets of 1 ms at 10 Mev/s."""
    config = SimConfig(width=WIDTH, height=HEIGHT, rate_hz=10e6, duration_us=100_000)
    made = list(open_simulator(config, packet_us=1000))
    repeat = -(-count // sum(map(len, made)))
    return made * repeat


class JsonWriter:
    """Lines of JSON into a pipe."""

    def __init__(self, out: BufferedWriter) -> None:
        """Write to a binary stream."""
        self._out = out

    def write(self, events: Events) -> None:
        """Write a packet."""
        self._out.writelines(format_json_lines(events))

    def close(self) -> None:
        """End the pipe."""
        self._out.close()


def _sender(kind: str, where: Any) -> Any:
    if kind.startswith("zmq"):
        config = ZmqSenderConfig(pattern=kind[4:], wait=True, receivers=int(kind == "zmq pub"))
        return ZmqSender(where, config, width=WIDTH, height=HEIGHT)
    if kind == "shm":
        return ShmSender(where, receivers=1)
    out = os.fdopen(where, "wb")
    return JsonWriter(out) if kind == "jsonl" else RecordWriter(out, width=WIDTH, height=HEIGHT)


def _send(kind: str, where: Any, count: int, go: Connection) -> None:
    made = packets(count)
    sender = _sender(kind, where)
    go.send("ready")
    go.recv()
    for packet in made:
        sender.write(packet)
        if kind == "shm":
            time.sleep(0)
    sender.close()


def _stream(kind: str, where: Any) -> LinkStream:
    if kind.startswith("zmq"):
        return open_zmq(where, ZmqReceiverConfig(pattern=kind[4:]))
    if kind == "shm":
        return open_shm(where)
    source = os.fdopen(where, "rb")
    reader = JsonLineReader(source, width=WIDTH, height=HEIGHT) if kind == "jsonl" else RecordReader(source)
    return LinkStream(reader, description="pipe")


def _run(kind: str, where: tuple[Any, Any], count: int) -> tuple[float, int]:
    """Give Mev/s of the receiver, and events lost."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_send, args=(kind, where[0], count, there))
    process.start()
    if isinstance(where[0], int):
        os.close(where[0])
    if kind in ("zmq pub", "shm"):  # waits for its receiver before it is ready
        here.send("go")
    else:
        here.recv()
        here.send("go")
    stream = _stream(kind, where[1])
    start_s = last_s = time.perf_counter()
    taken = 0
    for packet in stream:
        taken += len(packet)
        last_s = time.perf_counter()
    seconds = last_s - start_s
    lost = stream.counters()["lost_events"]
    process.join()
    assert taken + lost == sum(map(len, packets(count))), (kind, taken, lost)
    return taken / seconds / 1e6, lost


def _plain_pipe() -> float:
    read_end, write_end = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(read_end)
        data = memoryview(bytes(1 << 18))
        for _ in range(EVENTS * 8 >> 18):
            os.write(write_end, data)
        os._exit(0)
    os.close(write_end)
    start_s, size_bytes = time.perf_counter(), 0
    while data := os.read(read_end, 1 << 18):
        size_bytes += len(data)
    os.waitpid(process, 0)
    os.close(read_end)
    return size_bytes / 8 / (time.perf_counter() - start_s) / 1e6


def _browser() -> float:
    view = BrowserView(0, width=WIDTH, height=HEIGHT)
    made = packets(EVENTS)
    start_s = time.perf_counter()
    for packet in made:
        view.write(packet)
    seconds = time.perf_counter() - start_s
    view.close()
    return sum(map(len, made)) / seconds / 1e6


def main() -> None:
    """Run each link in turn; the best round of each counts, for other programs only make them slower."""
    with tempfile.TemporaryDirectory() as folder:
        places: dict[str, Callable[[], tuple[Any, Any]]] = {
            "raw pipe": lambda: os.pipe()[::-1],
            "zmq pub": lambda: (f"ipc://{folder}/{uuid.uuid4().hex}",) * 2,
            "zmq push": lambda: (f"ipc://{folder}/{uuid.uuid4().hex}",) * 2,
            "shm": lambda: (uuid.uuid4().hex,) * 2,
            "jsonl": lambda: os.pipe()[::-1],
        }
        rates = {"plain pipe, bytes only": max(_plain_pipe() for _ in range(ROUNDS))}
        for kind, place in places.items():
            runs = [_run(kind, place(), JSON_EVENTS if kind == "jsonl" else EVENTS) for _ in range(ROUNDS)]
            rate, lost = max(runs)
            rates[kind if not lost else f"{kind} ({lost:,} events lost, counted)"] = rate
    rates["websocket sink, nobody looking"] = max(_browser() for _ in range(ROUNDS))
    show(f"links: {EVENTS:,} events in packets of 1 ms from process to process", rates)


if __name__ == "__main__":
    main()
