"""A launched pipeline has filters and a surface, and both change while events flow."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from rclpy.executors import Executor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.parameter_client import AsyncParameterClient

PIPELINE = ("camera_to_gpu", "rate:=1e6", "surface:=time_surface", "filters:=[hot_pixels, refractory:300]")
CAMERA = ("camera_only", "rate:=1e6", "filters:=[refractory:300]")


@pytest.fixture
def started() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    made: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "aestream", "launch", *arguments]
        made.append(
            subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                env=os.environ,
                start_new_session=True,
            )
        )
        return made[-1]

    yield start
    for process in made:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def asked(executor: Executor) -> Iterator[Node]:
    node = Node("asks_for_filters", use_global_arguments=False)
    executor.add_node(node)
    yield node
    executor.remove_node(node)
    node.destroy_node()


def output_until_loaded(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if "loaded /event_camera" in line and line.startswith("[launch]"):
            return seen
    pytest.fail(f"not loaded: {seen}")


@pytest.mark.parametrize(("arguments", "name"), [(PIPELINE, "accumulator"), (CAMERA, "event_camera")])
def test_filters_are_launched_and_changed_live(
    started: Callable[..., subprocess.Popen[str]],
    asked: Node,
    spin_until: Callable[..., None],
    arguments: tuple[str, ...],
    name: str,
) -> None:
    process = started(*arguments)
    seen = output_until_loaded(process)
    client = AsyncParameterClient(asked, f"/{name}")
    spin_until(client.services_are_ready, what="the node's services")
    before = client.get_parameters(["filters"])
    spin_until(before.done, what="the filters of the launch")
    assert before.result().values[0].string_array_value[-1] == "refractory:300"
    for texts, reason in ((["stcf:us=5000"], ""), (["moon"], "unknown filter 'moon'; known: ")):
        changed = client.set_parameters([Parameter("filters", value=texts)])
        spin_until(changed.done, what="an answer")
        (result,) = changed.result().results
        assert result.successful == (not reason)
        assert result.reason.startswith(reason)
    os.killpg(process.pid, signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    assert process.returncode == 0, seen + rest
    assert "Traceback" not in seen + rest
    if name == "accumulator":
        found = re.search(r"accumulated (\d+) events in (\d+) windows; .* (\d+) filtered out", seen + rest)
        assert found, seen + rest
        assert min(map(int, found.groups())) > 0
