"""One launched process: its output line by line, its end, and that nothing of it stays behind."""

from __future__ import annotations

import asyncio
import ctypes
import os
import re
import signal
import sys
from contextlib import suppress
from typing import TextIO

from aestream.launching.errors import LaunchError
from aestream.launching.screen import say, write
from aestream.launching.steps import StartProcess

# How long a process may take after SIGINT, and then after SIGTERM.
GRACE_S = 5.0

_READ_BYTES = 65536
_PR_SET_PDEATHSIG = 1
# ROS log lines: those that are no reason for an end, and what stands before the message of the others.
_UNREMARKABLE = re.compile(r"^\[(DEBUG|INFO|WARN)\]")
_LOG_PREFIX = re.compile(r"^\[(ERROR|FATAL)\] \[[\d.]+\] \[[^\]]*\]: ")
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Child:
    """A running process; `last_remark` is the line of its output that may tell why it ended.

    It is in a session of its own: Ctrl-C in the terminal does not reach it by itself, so it gets each signal once,
    and a signal reaches what it has started as well.
    """

    def __init__(self, step: StartProcess, process: asyncio.subprocess.Process) -> None:
        """Take over a started process; use `start`."""
        self.step = step
        self.last_remark = ""
        self._said_fatal = False
        self._process = process
        self._readers = [
            asyncio.create_task(self._copy(process.stdout, sys.stdout)),
            asyncio.create_task(self._copy(process.stderr, sys.stderr)),
        ]
        self._ended = asyncio.create_task(self._end())

    @classmethod
    async def start(cls, step: StartProcess) -> Child:
        """Start a process.

        Raises:
            LaunchError: The program cannot be executed.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                *step.command,
                env={**step.environment, "PYTHONUNBUFFERED": "1"},
                cwd=step.cwd,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        except OSError as error:
            raise LaunchError(f"[{step.label}] cannot start {step.command[0]!r}: {error.strerror}") from None
        return cls(step, process)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether it has ended, and its output with it."""
        return self._ended.done()

    async def wait(self) -> int:
        """Wait for the end and return the exit status; minus the signal's number where a signal ended the process."""
        return await asyncio.shield(self._ended)

    async def stop(self) -> None:
        """End the process and what it started: SIGINT, after 5 s SIGTERM, after 5 s more SIGKILL."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            if self._ended.done():
                break
            if number != signal.SIGINT:
                say(f"[{self.step.label}] does not end, sending {number.name}")
            self._signal(number)
            await asyncio.wait([self._ended], timeout=GRACE_S)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):  # It may have ended in the meantime.
            os.killpg(self.pid, number)

    async def _end(self) -> int:
        status = await self._process.wait()
        self._signal(signal.SIGKILL)  # What it started and did not end itself.
        await asyncio.gather(*self._readers)
        return status

    async def _copy(self, source: asyncio.StreamReader | None, target: TextIO) -> None:
        assert source is not None
        rest = b""
        while chunk := await source.read(_READ_BYTES):
            *lines, rest = (rest + chunk).split(b"\n")
            self._print(lines, target)
        if rest:
            self._print([rest], target)

    def _print(self, lines: list[bytes], target: TextIO) -> None:
        texts = [line.decode(errors="replace").rstrip() for line in lines]
        for text in texts:
            self._note(text)
        write("".join(f"[{self.step.label}] {text}\n" for text in texts), target)

    def _note(self, text: str) -> None:
        """Keep a line that may tell why the process ends: the first fatal one, or else the last remarkable one."""
        if text and not self._said_fatal and not _UNREMARKABLE.match(text):
            self.last_remark = _LOG_PREFIX.sub("", text)
            self._said_fatal = text.startswith("[FATAL]")


def _die_with_parent() -> None:
    """Let the kernel end this process when the launch is killed without a chance to do so."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
