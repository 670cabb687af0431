"""`aestream launch camera_to_gpu`, as a user types it: every event of a recording accumulated, every fault one line."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from evt3_file import moving_dots, write_evt3

from aestream_core import read_file

ACCUMULATED = re.compile(r"accumulated (\d+) events in (\d+) windows; 0 dropped, 0 outside the sensor")

LAUNCH_FILES = Path(__file__).resolve().parents[1] / "launch"


def launch(*arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "aestream", "launch", "camera_to_gpu", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, env=os.environ, timeout=90, check=False)
    return result.returncode, result.stdout, result.stderr


def accumulated(text: str) -> int:
    found = ACCUMULATED.search(text)
    assert found, text
    return int(found[1])


def test_a_recording_is_accumulated_to_the_last_event_and_ends_the_launch(tmp_path: Path) -> None:
    path = write_evt3(tmp_path / "dots.raw", moving_dots(123_456))
    status, output, errors = launch("source:=file", f"path:={path}", "speed:=0")
    assert status == 0, errors
    assert accumulated(output + errors) == 123_456


@pytest.mark.parametrize("name", ["expelliarmus_evt3.raw", "tonic_sample.aedat4"])
def test_a_real_recording_is_accumulated_to_the_last_event(recordings: Path, name: str) -> None:
    status, output, errors = launch("source:=file", f"path:={recordings / name}")
    assert status == 0, errors
    assert accumulated(output + errors) == len(read_file(recordings / name))


def test_a_run_is_recorded_to_the_last_event(tmp_path: Path) -> None:
    path, copy = write_evt3(tmp_path / "dots.raw", moving_dots(50_000)), tmp_path / "copy.raw"
    status, _, errors = launch("source:=file", f"path:={path}", "speed:=0", f"record:={copy}")
    assert status == 0, errors
    assert copy.read_bytes().split(b"% end\n", 1)[1] == path.read_bytes().split(b"% end\n", 1)[1]


def test_a_cut_recording_gives_every_event_before_the_cut_and_the_byte(tmp_path: Path) -> None:
    path = write_evt3(tmp_path / "cut.raw", moving_dots(1000))
    path.write_bytes(path.read_bytes()[:-1])
    complete = len(read_file(write_evt3(tmp_path / "whole.raw", moving_dots(1000))))
    status, output, errors = launch("source:=file", f"path:={path}", "speed:=0")
    assert status == 1
    assert accumulated(output + errors) == complete - 1
    last = errors.strip().splitlines()[-1]
    assert last.startswith("aestream: error:")
    assert f"is damaged at byte {path.stat().st_size}" in last
    assert "Traceback" not in output + errors


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("source:=file", "path:=missing.raw"), "cannot read 'missing.raw': No such file or directory"),
        (("source:=file",), "source is 'file' but path is empty"),
        (("source:=lidar",), "'source' is 'lidar', allowed: 'sim', 'file'"),
        (("window_us:=-4",), "window_us is -4; it must be 100 to 10000000 us"),
        (("rate:=fast",), "expected a value of type float, got 'fast'"),
        (("device:=abacus",), "device is 'abacus'; it must be auto, cpu, cuda or cuda:N"),
        (("wdth:=3",), "unknown launch argument 'wdth'; declared: source:=sim"),
        (("record:=run.bag",), "output is 'run.bag'; a bag is a folder without the ending"),
    ],
)
def test_bad_input_ends_the_launch_with_one_line_that_names_it(arguments: tuple[str, ...], message: str) -> None:
    status, output, errors = launch(*arguments)
    assert status == 1
    last = errors.strip().splitlines()[-1]
    assert last.startswith("aestream: error:")
    assert message in last
    assert "Traceback" not in output + errors


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.raw", b"", "the file is empty"),
        ("photo.jpg", b"JFIF", "photo.jpg"),
        ("other.raw", b"% evt 4.0\n% end\n" + bytes(8), "its events are encoded as EVT4"),
    ],
)
def test_a_file_that_is_no_recording_is_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    status, output, errors = launch("source:=file", f"path:={path}")
    assert status == 1
    assert message in errors.strip().splitlines()[-1]
    assert "Traceback" not in output + errors


def test_ctrl_c_ends_the_simulator_cleanly() -> None:
    command = [sys.executable, "-m", "aestream", "launch", "camera_to_gpu", "rate:=1e6"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ, start_new_session=True
    )
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if "loaded /event_camera" in line and line.startswith("[launch]"):
            break
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    assert process.returncode == 0, seen + rest
    assert accumulated(seen + rest) > 100_000
    assert "Traceback" not in seen + rest


@pytest.mark.parametrize("path", sorted(LAUNCH_FILES.glob("*.launch.yaml")), ids=lambda path: path.name)
def test_every_argument_has_a_default_because_ros_2_asks_required_ones_of_the_include(path: Path) -> None:
    arguments = [entity["arg"] for entity in yaml.safe_load(path.read_text())["launch"] if "arg" in entity]
    assert arguments
    assert [each["name"] for each in arguments if "default" not in each] == []


def drivers(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    loaded = [node for entity in entities for node in entity.get("node_container", {}).get("composable_node", [])]
    found = [node for node in loaded if node["plugin"] == "aestream_driver::DriverNode"]
    return [node for node in found if {"name": "source", "value": "udp"} not in node["param"]]


@pytest.mark.parametrize("path", sorted(LAUNCH_FILES.glob("*.launch.yaml")), ids=lambda path: path.name)
def test_every_driver_that_is_launched_can_be_a_camera_by_model_and_serial(path: Path) -> None:
    entities = yaml.safe_load(path.read_text())["launch"]
    sources = [entity["arg"] for entity in entities if entity.get("arg", {}).get("name") == "source"]
    for source in sources:
        assert "camera" in [each["value"] for each in source.get("choice", [{"value": "camera"}])]
    for driver in drivers(entities):
        assert {"source", "camera", "serial"} <= {each.get("name") for each in driver["param"]}
    assert bool(sources) == bool(drivers(entities))
