"""The process in which other libraries run."""

import json
import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.files.processes import PEERS_PYTHON_VARIABLE

SCRIPT = Path(__file__).with_name("peers.py")


class Peers:
    """Methods of other libraries, where a Python with them is named; else none.

    Attributes:
        versions: versions of the libraries, by method.
    """

    def __init__(self) -> None:
        """Start the process and ask what is there."""
        python = os.environ.get(PEERS_PYTHON_VARIABLE, "")
        self._process: subprocess.Popen[str] | None = None
        self.versions: dict[str, str] = {}
        self._modules: dict[str, str] = {}
        if python:
            # Without our packages on its path: one of them has the name of AEStream 0.6.
            environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
            self._process = subprocess.Popen(
                [python, "-W", "ignore", str(SCRIPT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=environment,
            )
            reply = self.ask("", "", 0)
            self.versions, self._modules = reply["methods"], reply["modules"]

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate()

    def has(self, module: str) -> bool:
        """Say whether a library that has no methods of packets is there."""
        return module in self._modules

    def ask(self, method: str, path: str, turn_s: float, **more: int) -> dict[str, Any]:
        """Run a method over a file's packets for a time; give `seconds` of a pass and `sum`, or why not (`skipped`)."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"method": method, "path": path, "turn_s": turn_s, **more}) + "\n")
        self._process.stdin.flush()
        reply: dict[str, Any] = json.loads(self._process.stdout.readline())
        return reply
