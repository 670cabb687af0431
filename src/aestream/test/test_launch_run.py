import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[[str], Path]
TIMEOUT_S = 40.0

# The command `aestream launch`, without the other commands.
COMMAND = """
import argparse, sys
from aestream_core.errors import AestreamError
from aestream.launching.cli import add_parser
parser = argparse.ArgumentParser("aestream")
add_parser(parser.add_subparsers())
args = parser.parse_args(["launch", *sys.argv[1:]])
try:
    sys.exit(args.run(args))
except AestreamError as error:
    sys.exit(f"aestream: error: {error}")
"""

CONTAINER = """
    - arg: {name: plugin, default: Talker}
    - arg: {name: text, default: hello}
    - node_container:
        pkg: tiny
        exec: component_container
        name: box
        namespace: /robot
        param:
          - {name: exit_on_load_failure, value: true}
          - {name: exit_on_node_failure, value: true}
          - {name: exit_when_done, value: true}
        composable_node:
          - {pkg: tiny, plugin: 'tiny::$(var plugin)', name: n, param: [{name: text, value: $(var text)}], if: 'true'}
          - {pkg: tiny, plugin: 'tiny::Nothing', name: m, if: 'false'}
          - pkg: tiny
            plugin: tiny::Talker
            name: talker
            remap: [{from: ~/chatter, to: /chat}]
            param: [{name: rate_hz, value: 2.5}]
"""


def start(environment: dict[str, str], *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *words],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def run(environment: dict[str, str], *words: str) -> tuple[int, str]:
    process = start(environment, *words)
    try:
        output, _ = process.communicate(timeout=TIMEOUT_S)
    finally:
        process.kill()
    return process.returncode, output


def read_until(process: "subprocess.Popen[str]", text: str) -> str:
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if text in line:
            return seen
    raise AssertionError(f"{text!r} never came in:\n{seen}")


def launched_pid(output: str) -> int:
    return int(output.split("started, pid ")[1].split()[0])


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_container_and_launch_cleanly(
    tiny_environment: dict[str, str], write_launch_file: Write, number: signal.Signals
) -> None:
    process = start(tiny_environment, str(write_launch_file(CONTAINER)), "text:=hey")
    try:
        output = read_until(process, "loaded /talker")
        process.send_signal(number)
        began_s = time.monotonic()
        rest, _ = process.communicate(timeout=TIMEOUT_S)
    finally:
        process.kill()
    assert process.returncode == 0, output + rest
    assert time.monotonic() - began_s < 5
    assert not is_running(launched_pid(output))
    assert "[component_container-1] talker says 'hey' at 1.0 Hz on /n/chatter" in output
    assert "[component_container-1] talker says 'hello' at 2.5 Hz on /chat" in output
    assert rest.count("talker closed") == 2
    assert "Traceback" not in output + rest


@pytest.mark.parametrize(
    ("plugin", "reason"),
    [
        ("Broken", "cannot load 'n' into /robot/box: component 'tiny::Broken' failed to start: the camera is not conn"),
        ("Nothing", "cannot load 'n' into /robot/box: package 'tiny' has no component 'tiny::Nothing'; known compone"),
        ("Missing", "component 'tiny::Missing' does not import: No module named 'no_such_module'"),
        ("Failing", "[component_container-1] ended with status 1: /n failed: the cable was pulled"),
    ],
)
def test_a_node_that_fails_ends_the_launch_with_its_reason(
    tiny_environment: dict[str, str], write_launch_file: Write, plugin: str, reason: str
) -> None:
    status, output = run(tiny_environment, str(write_launch_file(CONTAINER)), f"plugin:={plugin}")
    assert status == 1, output
    assert reason in output.splitlines()[-1]
    assert not is_running(launched_pid(output))


def test_a_source_that_ends_ends_the_launch_with_success(
    tiny_environment: dict[str, str], write_launch_file: Write
) -> None:
    status, output = run(tiny_environment, str(write_launch_file(CONTAINER)), "plugin:=Player")
    assert status == 0, output


def test_a_process_that_fails_ends_the_others(tiny_environment: dict[str, str], write_launch_file: Write) -> None:
    elements = """
        - node: {pkg: tiny, exec: sleeper, name: s, args: a 'b c', param: [{name: p, value: '1'}]}
        - node: {pkg: tiny, exec: breaker}
    """
    status, output = run(tiny_environment, str(write_launch_file(elements)))
    assert status == 1
    assert output.splitlines()[-1] == "aestream: error: [breaker-2] ended with status 1: the sensor is missing"
    assert not is_running(launched_pid(output))


def test_a_node_gets_arguments_name_and_parameters(tiny_environment: dict[str, str], write_launch_file: Write) -> None:
    elements = """
        - node: {pkg: tiny, exec: sleeper, name: s, namespace: ns, args: a 'b c', param: [{name: p, value: '1'}]}
        - executable: {cmd: sleep 0.7, on_exit: shutdown}
    """
    status, output = run(tiny_environment, str(write_launch_file(elements)))
    assert status == 0, output
    assert '[sleeper-1] sleeps a b c --ros-args -r __node:=s -r __ns:=/ns -p p:="1"' in output


def test_a_process_that_ignores_ctrl_c_is_ended_all_the_same(
    tiny_environment: dict[str, str], write_launch_file: Write
) -> None:
    process = start(tiny_environment, str(write_launch_file("- node: {pkg: tiny, exec: stubborn}")))
    try:
        output = read_until(process, "[stubborn-1] up")
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=TIMEOUT_S)
    finally:
        process.kill()
    assert "[stubborn-1] does not end, sending SIGTERM" in rest
    assert not is_running(launched_pid(output))


def test_nothing_outlives_a_launch_that_is_killed(tiny_environment: dict[str, str], write_launch_file: Write) -> None:
    process = start(tiny_environment, str(write_launch_file("- node: {pkg: tiny, exec: sleeper}")))
    pid = launched_pid(read_until(process, "sleeps"))
    process.kill()
    process.communicate()
    deadline_s = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < deadline_s:
        time.sleep(0.05)
    assert not is_running(pid)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["no_such_file"], "no launch file 'no_such_file'; known: "),
        (["FILE", "speed:=1"], "unknown launch argument 'speed'; declared: plugin:=Talker, text:=hello"),
        (["FILE", "speed"], "malformed launch argument 'speed', expected name:=value"),
    ],
)
def test_a_wrong_command_line_starts_nothing(
    tiny_environment: dict[str, str], write_launch_file: Write, words: list[str], message: str
) -> None:
    path = str(write_launch_file(CONTAINER))
    status, output = run(tiny_environment, *(path if word == "FILE" else word for word in words))
    assert status == 1
    assert output.startswith(f"aestream: error: {message}")
    assert len(output.splitlines()) == 1
