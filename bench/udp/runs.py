"""One run: a receiver and a sender in processes of their own, and what came of it."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aestream
from aestream_core.events import Events
from bench.files.processes import ROOT, peers_python
from bench.udp.worker import HEIGHT, WIDTH, made_columns

WORKER = ROOT / "bench" / "udp" / "worker.py"
LONGEST_S = 120
OUR_PLACES = {"PYTHONPATH": f"{ROOT}:{os.environ.get('PYTHONPATH', '')}"}
"""Only this suite's processes find this suite: AEStream's package has the same name."""


@dataclass(frozen=True)
class Run:
    """What came of one run.

    Attributes:
        sent: events that were sent.
        received: events that came.
        seconds: how long sending took.
    """

    sent: int
    received: int
    seconds: float

    @property
    def rate_mev_s(self) -> float:
        """Million events per second that were sent."""
        return self.sent / self.seconds / 1e6

    @property
    def lost(self) -> float:
        """Share of the events that did not come, 0 to 1. Events that came twice do not make up for others."""
        return max(0.0, 1 - self.received / self.sent)


def free_port() -> int:
    """Find a port that nobody has now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(role: str, **options: Any) -> "subprocess.Popen[str]":
    """Start one end; waits for "ready" of receivers."""
    ours = role.endswith("_own")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable if ours else peers_python(), str(WORKER), role, json.dumps(options)]
    process = subprocess.Popen(
        command, env=environment | (OUR_PLACES if ours else {}), stdout=subprocess.PIPE, text=True, cwd="/"
    )
    assert process.stdout is not None
    if role.startswith("receive") and process.stdout.readline() != "ready\n":
        raise RuntimeError(f"{role} did not start")
    return process


def result_of(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """Wait for one end and read what it says."""
    said, _ = process.communicate(timeout=LONGEST_S)
    return dict(json.loads(said.splitlines()[-1]))


def run(receiver: str, sender: str, *, receiving: dict[str, Any], sending: dict[str, Any]) -> Run:
    """Send from one process to another."""
    port = free_port()
    taking = start(receiver, port=port, **receiving)
    sent = result_of(start(sender, port=port, **sending))
    taken = result_of(taking)
    if sender == "send_own" == receiver.replace("receive", "send") and sending.get("protocol") != "spif":
        counters = taken["counters"]
        assert taken["received"] + counters["lost_events"] == sent["sent"], "the books balance"
    return Run(sent["sent"], taken["received"], sent["seconds"])


def run_aestream_sender(receiver: str, events: int, *, receiving: dict[str, Any] | None = None) -> Run:
    """Let AEStream 0.6 play a file into UDP, as fast as it does."""
    with tempfile.TemporaryDirectory() as folder:
        whole, one = Path(folder, "whole.dat"), Path(folder, "one.dat")
        aestream.write(whole, Events.from_numpy(**made_columns(events), width=WIDTH, height=HEIGHT))
        aestream.write(one, Events.from_numpy(**made_columns(1), width=WIDTH, height=HEIGHT))
        startup_s = min(_play(one, free_port()) for _ in range(3))
        port = free_port()
        taking = start(receiver, port=port, **(receiving or {}))
        seconds = _play(whole, port) - startup_s
        return Run(events, int(result_of(taking)["received"]), seconds)


def _play(path: Path, port: int) -> float:
    command = [Path(peers_python()).parent / "aestream", "input", "file", path, "output", "udp", "127.0.0.1", str(port)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    start_s = time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True, timeout=LONGEST_S)
    return time.perf_counter() - start_s
