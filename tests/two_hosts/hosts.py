"""Two hosts for tests: start programs on either, and change the line between them."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from two_hosts.link import DEVICE, HOSTS

LINK = Path(__file__).with_name("link.py")


class TwoHosts:
    """Two network namespaces and the line between them.

    Attributes:
        addresses: IPv4 address of each host, "a" and "b".
    """

    addresses = HOSTS

    def __init__(self) -> None:
        for tool in ("unshare", "nsenter", "ip"):
            if shutil.which(tool) is None:
                pytest.skip(f"two hosts need {tool}, which is not installed here")
        command = ["unshare", "--user", "--map-root-user", "--net", sys.executable, str(LINK)]
        self._link = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self._link.stdout is not None
        first = self._link.stdout.readline()
        if not first:
            _, errors = self._link.communicate()
            pytest.skip(f"no network namespaces with tun devices here: {errors.strip().splitlines()[-1:]}")
        self._inhabitants: dict[str, int] = json.loads(first)

    def command(self, host: str, *words: str) -> list[str]:
        """Give the command that runs a program on a host."""
        inhabitant = str(self._inhabitants[host])
        return ["nsenter", "--target", inhabitant, "--user", "--net", "--preserve-credentials", "--", *words]

    def start(self, host: str, *words: str, **environment: str) -> "subprocess.Popen[str]":
        """Start a program on a host."""
        return subprocess.Popen(
            self.command(host, *words),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )

    def run(self, host: str, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a program on a host to its end."""
        return subprocess.run(self.command(host, *words), capture_output=True, text=True, timeout=30, check=False)

    def line(self, **changes: Any) -> dict[str, Any]:
        """Change the line; give how it is and what it did so far."""
        assert self._link.stdin is not None
        assert self._link.stdout is not None
        self._link.stdin.write(json.dumps(changes) + "\n")
        self._link.stdin.flush()
        answer: dict[str, Any] = json.loads(self._link.stdout.readline())
        return answer

    def netem(self, host: str, *words: str) -> None:
        """Let the kernel treat what a host sends; skips where the kernel cannot."""
        done = self.run(host, "tc", "qdisc", "replace", "dev", DEVICE, "root", "netem", *words)
        if done.returncode:
            pytest.skip(f"this kernel has no netem: {done.stderr.strip()}")

    def close(self) -> None:
        """End the line and both hosts."""
        self._link.communicate(timeout=10)
