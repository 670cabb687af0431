"""A launch as a process beside this one: its environment, its log, its end."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from aestream_core.errors import AestreamError

# Domains whose ports lie below those that Linux gives to outgoing connections; 0 is everybody's default.
DOMAIN_IDS = range(1, 102)
FIRST_PORT = 7400
PORTS_PER_DOMAIN = 250
# Offset of the port on which the first participant of a domain is asked who it is.
FIRST_PARTICIPANT_PORT = 10
# What ends a launch, gentlest first, and how long each is given. The launch itself gives its nodes up to 15 s.
STOP_STEPS_S = ((signal.SIGINT, 20.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))
CLEAN_STATUSES = (0, 130, -signal.SIGINT)


class LaunchStopError(AestreamError):
    """A launch did not end when it was asked to."""


def own_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what to add to an environment, so that a run meets no other ROS processes; what is set stays as it is."""
    added = {"ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST", "PYTHONUNBUFFERED": "1"}
    if "ROS_DOMAIN_ID" not in environment:
        added["ROS_DOMAIN_ID"] = str(free_domain_id())
    return {name: value for name, value in added.items() if name not in environment}


def free_domain_id() -> int:
    """Return a random ROS domain that nobody on this machine uses.

    Raises:
        AestreamError: All of them are used.
    """
    for domain_id in random.sample(DOMAIN_IDS, k=len(DOMAIN_IDS)):
        if _is_free(domain_id):
            return domain_id
    raise AestreamError(f"no free ROS domain between {DOMAIN_IDS[0]} and {DOMAIN_IDS[-1]}; set ROS_DOMAIN_ID")


def _is_free(domain_id: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("", FIRST_PORT + PORTS_PER_DOMAIN * domain_id + FIRST_PARTICIPANT_PORT))
        except OSError:
            return False
    return True


class LaunchProcess:
    """A launch in a session of its own, which Ctrl-C in this terminal does not reach; the context's end stops it.

    Attributes:
        log_path: What it and its nodes write.
    """

    def __init__(self, command: Sequence[str], *, log_path: Path) -> None:
        """Start `command`; the folder of the log is made."""
        self.log_path = log_path
        log_path.parent.mkdir(parents=True, exist_ok=True)
        with log_path.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def __enter__(self) -> LaunchProcess:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it, however the context ends."""
        self.stop()

    def status(self) -> int | None:
        """Return its exit status, below 0 where a signal ended it; None while it runs."""
        return self._process.poll()

    def failed(self) -> bool:
        """Return whether it has ended otherwise than cleanly."""
        return self.status() not in (None, *CLEAN_STATUSES)

    def stop(self) -> None:
        """End it as Ctrl-C would, and by force where that does not help.

        Raises:
            LaunchStopError: It had to be forced.
        """
        if self.status() is not None:
            return
        for number, patience_s in STOP_STEPS_S:
            self._signal(number)
            if self._ended_within(patience_s):
                break
        if number != signal.SIGINT:
            raise LaunchStopError(f"the launch did not end within {STOP_STEPS_S[0][1]:g} s of Ctrl-C and was forced to")

    def log_tail(self, *, lines: int) -> str:
        """Return the last lines of the log."""
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-lines:])

    def _signal(self, number: signal.Signals) -> None:
        """Tell the launch, which tells its nodes; force is for all of them at once."""
        if number == signal.SIGKILL:
            os.killpg(self._process.pid, number)
        else:
            self._process.send_signal(number)

    def _ended_within(self, patience_s: float) -> bool:
        try:
            self._process.wait(timeout=patience_s)
        except subprocess.TimeoutExpired:
            return False
        return True
