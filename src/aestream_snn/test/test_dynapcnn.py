"""Sinabs' DynapcnnNetwork of a network of ours. Skipped without Sinabs; samna is not needed, nor tested."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from samna_names import write_samna_names


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    pytest.importorskip("sinabs", reason="Sinabs is not installed")
    folder, here = tmp_path_factory.mktemp("names"), Path(__file__).parent
    write_samna_names(folder)
    path = os.pathsep.join([str(folder), str(here), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, str(here / "dynapcnn_process.py")]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_in_floats_it_gives_the_same_spikes_in_every_step(found: dict[str, Any]) -> None:
    theirs, ours = found["floats"]
    assert theirs == ours
    assert sum(map(sum, ours)) > 5


def test_with_the_same_integers_it_gives_the_same_spikes_in_every_step(found: dict[str, Any]) -> None:
    theirs, ours = found["integers"]
    assert theirs == ours
    assert sum(map(sum, ours)) > 5


def test_its_integers_are_ours_to_one_step_for_it_uses_minus_128_too(found: dict[str, Any]) -> None:
    assert max(found["apart"]) <= 1


def test_it_needs_the_memory_that_the_planner_says_and_fits_a_chip(found: dict[str, Any]) -> None:
    for what in ("kernels", "neurons", "cores"):
        theirs, ours = found[what]
        assert theirs == ours, what
