"""The launch files of the suite, run by `aestream launch`."""

import sys
from pathlib import Path

import pytest
from launched_graphs import CASES, check_graph

from aestream.demo_launch import LaunchProcess
from aestream.launching.locate import installed_launch_files
from aestream.launching.parse import parse_file


@pytest.mark.parametrize("name", CASES)
def test_a_launch_file_brings_up_its_graph_and_ends_cleanly(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    assignments = [f"{key}:={value}" for key, value in case.arguments.items()]
    command = [sys.executable, "-m", "aestream", "launch", case.file, *assignments]
    with LaunchProcess(command, log_path=tmp_path / "log") as launch:
        try:
            check_graph(case)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{launch.log_tail(lines=30)}") from None
    assert launch.status() == 0, launch.log_tail(lines=30)
    assert "Traceback" not in launch.log_path.read_text()


def test_parameters_of_a_file_reach_the_node_and_win_over_arguments(tmp_path: Path) -> None:
    params = tmp_path / "mine.yaml"
    params.write_text("/robot1/front:\n  ros__parameters:\n    encoding: mono\n    frame_id: lens\n")
    case = CASES["camera_only"]
    assignments = [f"{key}:={value}" for key, value in case.arguments.items()]
    command = [sys.executable, "-m", "aestream", "launch", case.file, *assignments, f"params_file:={params}"]
    with LaunchProcess(command, log_path=tmp_path / "log"):
        check_graph(
            type(case)(case.file, case.arguments, case.nodes, cameras={"/robot1/front/events": ("mono", "lens")})
        )


@pytest.mark.parametrize("path", installed_launch_files().values(), ids=lambda path: path.name)
def test_every_launch_file_parses_takes_what_all_take_and_has_its_python_twin(path: Path) -> None:
    arguments = {action.name: action for action in parse_file(path).actions if hasattr(action, "choices")}
    assert {"namespace", "params_file"} <= set(arguments)
    assert all(argument.description for argument in arguments.values())
    assert path.with_suffix(".py").is_file()
