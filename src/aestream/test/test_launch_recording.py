"""Who records what `record:=` names, whatever characters are in its path."""

import os

import pytest

from aestream.launching.locate import installed_launch_files
from aestream.launching.parse import parse_file
from aestream.launching.plan import make_plan
from aestream.launching.steps import LoadNode

RECORDING = {"camera_to_gpu", "camera_to_udp", "robot", "udp_to_gpu"}
PATHS = ["plain", "it's here/it's", "'", 'two words/"said"', "back\\slash\\"]


def loaded(name: str, record: str) -> dict[str, LoadNode]:
    plan = make_plan(parse_file(installed_launch_files()[name]), {"record": record}, os.environ)
    return {step.plugin: step for step in plan if isinstance(step, LoadNode)}


@pytest.mark.parametrize("name", sorted(RECORDING))
@pytest.mark.parametrize("path", PATHS)
def test_a_raw_file_is_the_drivers_and_anything_else_the_recorders(name: str, path: str) -> None:
    raw, bag = loaded(name, f"{path}.raw"), loaded(name, path)
    assert raw["aestream_driver::DriverNode"].parameters["record"] == f"{path}.raw"
    assert "aestream::RecorderNode" not in raw
    assert bag["aestream_driver::DriverNode"].parameters["record"] == ""
    assert bag["aestream::RecorderNode"].parameters["output"] == path


@pytest.mark.parametrize("name", sorted(RECORDING))
def test_nothing_is_recorded_where_nothing_is_named(name: str) -> None:
    nodes = loaded(name, "")
    assert nodes["aestream_driver::DriverNode"].parameters["record"] == ""
    assert "aestream::RecorderNode" not in nodes


def test_every_launch_file_with_a_recorder_is_tested_here() -> None:
    texts = {name: path.read_text() for name, path in installed_launch_files().items()}
    assert {name for name, text in texts.items() if "name: record," in text} == RECORDING
