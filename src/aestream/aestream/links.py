"""Links to other programs for Python programs.

    with aestream.links.ZmqInput("tcp://robot:5555") as stream:       # packets, or tensors with stream.read("torch")
        for events in stream:
            ...

    sender = aestream.links.ZmqSender("tcp://*:5555", width=640, height=480)
    view = aestream.links.BrowserView(8080, width=640, height=480)    # open view.url
    for events in aestream.stream("recording.raw", speed=1.0):
        sender.write(events)
        view.write(events)
    view.close(), sender.close()

docs/links.md describes each link and the packets on it; UDP is in `aestream_core.net`.
"""

import math
from collections.abc import Sequence
from typing import Any

from aestream.inputs import Input
from aestream_bridge.browser.config import BrowserConfig
from aestream_bridge.browser.server import BrowserView
from aestream_bridge.links.pipe import JsonLineReader, RecordReader, RecordWriter
from aestream_bridge.links.shared_memory import ShmSender, open_shm
from aestream_bridge.links.zeromq_receiver import ZmqReceiverConfig, open_zmq
from aestream_bridge.links.zeromq_sender import ZmqSender, ZmqSenderConfig

__all__ = [
    "BrowserConfig",
    "BrowserView",
    "JsonLineReader",
    "RecordReader",
    "RecordWriter",
    "ShmInput",
    "ShmSender",
    "ZmqInput",
    "ZmqReceiverConfig",
    "ZmqSender",
    "ZmqSenderConfig",
    "open_shm",
    "open_zmq",
]


class ZmqInput(Input):
    """Events from another program or machine over ZeroMQ, until its sender ends the stream."""

    def __init__(
        self,
        address: str,
        *,
        idle_s: float = math.inf,
        wait_s: float = math.inf,
        device: str = "auto",
        filters: Sequence[str] = (),
        **settings: Any,
    ) -> None:
        """Open a link, and wait for the first packet, which says how large the sensor is.

        Args:
            address: where the sender listens, as tcp://10.0.0.2:5555.
            idle_s: host time in s without a packet after which the stream ends.
            wait_s: longest wait for the first packet in s.
            device: device of torch tensors: auto (the first GPU, or the CPU where there is none), cpu, cuda or cuda:N.
            filters: what events go through first, such as ("hot_pixels", "refractory:500"); see `aestream.filters`.
            settings: fields of `ZmqReceiverConfig`: pattern, bind, queue_mb.

        Raises:
            MissingDependencyError: pyzmq is not installed.
            AestreamError: the link cannot be opened, or nothing came in time.
        """
        stream = open_zmq(address, ZmqReceiverConfig(**settings), idle_s=idle_s, wait_s=wait_s)
        super().__init__(stream, device=device, filters=filters)
        self.counters = stream.counters


class ShmInput(Input):
    """Events from another program of this machine through shared memory, until its sender leaves."""

    def __init__(
        self,
        name: str,
        *,
        idle_s: float = math.inf,
        wait_s: float = math.inf,
        device: str = "auto",
        filters: Sequence[str] = (),
    ) -> None:
        """Open a link, and wait for the first packet, which says how large the sensor is.

        Args:
            name: as the sender has it, or a ROS topic of a driver with `transport: iceoryx2`.
            idle_s: host time in s without a packet after which the stream ends.
            wait_s: longest wait for the first packet in s.
            device: device of torch tensors: auto (the first GPU, or the CPU where there is none), cpu, cuda or cuda:N.
            filters: what events go through first, such as ("hot_pixels", "refractory:500"); see `aestream.filters`.

        Raises:
            AestreamError: iceoryx2 is not installed, the link cannot be opened, or nothing came in time.
        """
        stream = open_shm(name, idle_s=idle_s, wait_s=wait_s)
        super().__init__(stream, device=device, filters=filters)
        self.counters = stream.counters
