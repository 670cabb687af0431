"""Two hosts and the line between them, in one process: each host a network namespace with a tun device.

Whatever one host sends, of any protocol, goes through this process, which delays, drops, doubles and reorders packets
as it is told and counts what it did. tc netem does the same but for the counting, and not every kernel has it.

    unshare --user --map-root-user --net python link.py

It prints a line of JSON with the process to enter for each host, then takes a line of JSON for each change of the line
and answers it with its counters.
"""

import ctypes
import fcntl
import heapq
import json
import os
import random
import select
import signal
import struct
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field

HOSTS = {"a": "10.77.0.1", "b": "10.77.0.2"}
DEVICE = "tun0"
_CLONE_NEWNET = 0x40000000
_TUNSETIFF = 0x400454CA
_IFF_TUN_NO_HEAD = 0x0001 | 0x1000
_PR_SET_PDEATHSIG = 1
_MTU = 1500


@dataclass
class Line:
    """How the line is, and what it did to packets since the start."""

    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    loss: float = 0.0
    duplicate: float = 0.0
    cut: bool = False
    forwarded: dict[str, int] = field(default_factory=lambda: {"ab": 0, "ba": 0})
    lost: dict[str, int] = field(default_factory=lambda: {"ab": 0, "ba": 0})
    duplicated: dict[str, int] = field(default_factory=lambda: {"ab": 0, "ba": 0})


def make_host(address: str) -> tuple[int, int]:
    """Make a namespace with a tun device; give the device's descriptor and a process that lives in the namespace."""
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH22x", DEVICE.encode(), _IFF_TUN_NO_HEAD))
    for words in (
        "link set lo up",
        f"address add {address}/24 dev {DEVICE}",
        f"link set {DEVICE} addrgenmode none",  # no packets of IPv6 that nobody asked for: losses are counted
        f"link set {DEVICE} mtu {_MTU} txqueuelen 10000 up",
        f"route add 224.0.0.0/4 dev {DEVICE}",
    ):
        subprocess.run(["ip", *words.split()], check=True)
    return device, _inhabitant()


def _inhabitant() -> int:
    process = os.fork()
    if process == 0:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        for descriptor in (0, 1):
            os.close(descriptor)
        while True:
            signal.pause()
    return process


class Forwarder:
    """Moves packets from device to device."""

    def __init__(self, devices: dict[str, int]) -> None:
        self.line = Line()
        self._from = {devices["a"]: ("ab", devices["b"]), devices["b"]: ("ba", devices["a"])}
        self._due: list[tuple[float, int, str, int, bytes]] = []
        self._random = random.Random(1)
        self._count = 0

    def run(self) -> None:
        """Forward until stdin ends."""
        while True:
            wait_s = max(0.0, self._due[0][0] - time.monotonic()) if self._due else None
            ready, _, _ = select.select([0, *self._from], [], [], wait_s)
            for descriptor in ready:
                if descriptor != 0:
                    self._take(descriptor)
                elif not self._obey():
                    return
            self._give()

    def _obey(self) -> bool:
        words = sys.stdin.readline()
        for name, value in json.loads(words or "{}").items():
            setattr(self.line, name, value)
        print(json.dumps(asdict(self.line)), flush=True)
        return bool(words)

    def _take(self, descriptor: int) -> None:
        way, to = self._from[descriptor]
        for _ in range(64):
            try:
                packet = os.read(descriptor, 65536)
            except BlockingIOError:
                return
            self._treat(way, to, packet)

    def _treat(self, way: str, to: int, packet: bytes) -> None:
        if self.line.cut or self._random.random() < self.line.loss:
            self.line.lost[way] += 1
            return
        self._put_off(way, to, packet)
        if self._random.random() < self.line.duplicate:
            self.line.duplicated[way] += 1
            self._put_off(way, to, packet)

    def _put_off(self, way: str, to: int, packet: bytes) -> None:
        delay_ms = self.line.delay_ms + self.line.jitter_ms * self._random.random()
        self._count += 1
        heapq.heappush(self._due, (time.monotonic() + delay_ms / 1000, self._count, way, to, packet))

    def _give(self) -> None:
        now_s = time.monotonic()
        while self._due and self._due[0][0] <= now_s:
            _, _, way, to, packet = heapq.heappop(self._due)
            try:
                os.write(to, packet)
                self.line.forwarded[way] += 1
            except OSError:
                self.line.lost[way] += 1


def main() -> None:
    made = {name: make_host(address) for name, address in HOSTS.items()}
    print(json.dumps({name: process for name, (_, process) in made.items()}), flush=True)
    Forwarder({name: device for name, (device, _) in made.items()}).run()


if __name__ == "__main__":
    main()
