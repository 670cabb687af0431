"""Stages in this process and in others, and their books."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rclpy.executors import Executor

sys.path.insert(0, str(Path(__file__).parent))

from books import Books

NODE = "import sys; from {module} import main; sys.exit(main())"
Start = Callable[..., "subprocess.Popen[str]"]
Make = Callable[..., Any]


@pytest.fixture
def books(executor: Executor) -> Iterator[Callable[..., Books]]:
    """Make books of the stages with these names."""
    made: list[Books] = []

    def open_books(*names: str) -> Books:
        made.append(Books(*names))
        return made[-1]

    yield open_books
    for each in made:
        each.close()


@pytest.fixture
def start_node() -> Iterator[Start]:
    """Start a node of a module in a process of its own, with parameters and remappings."""
    processes: list[subprocess.Popen[str]] = []

    def start(
        module: str, parameters: dict[str, Any], remap: tuple[str, ...] = (), env: dict[str, str] | None = None
    ) -> "subprocess.Popen[str]":
        options = [text for name, value in parameters.items() for text in ("-p", f"{name}:={value}")]
        options += [text for rule in remap for text in ("-r", rule)]
        command = [sys.executable, "-c", NODE.format(module=module), "--ros-args", *options]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **(env or {})})
        processes.append(process)
        return process

    yield start
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
    for process in processes:
        _, errors = process.communicate(timeout=20)
        assert process.returncode in (0, -signal.SIGKILL), errors
