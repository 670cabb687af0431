"""The examples run as their first lines say, and show what they say."""

import os
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import aestream
from aestream_core import Events

EDGES = Path(__file__).resolve().parents[1] / "examples" / "edges.py"


def run(*arguments: str) -> None:
    environment = {**os.environ, "MPLBACKEND": "agg"}
    command = [sys.executable, str(EDGES), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr


def moving_lines(path: Path) -> Path:
    """Write 100 ms of an upright line on the left and a level one on the right, each a pixel further every 10 ms."""
    places = np.arange(20, 80)
    step, place = (grid.ravel() for grid in np.meshgrid(np.arange(10), places, indexing="ij"))
    x = np.concatenate([30 + step, place + 100])
    y = np.concatenate([place, 40 + step])
    t = np.concatenate([step, step]) * 10_000 + np.concatenate([place, place])
    order = np.argsort(t, kind="stable")
    p = np.ones(len(t), int)
    aestream.write(path, [Events.from_numpy(t=t[order], x=x[order], y=y[order], p=p, width=200, height=100)])
    return path


def test_edges_of_a_recording_have_the_colours_of_their_directions(tmp_path: Path) -> None:
    picture = tmp_path / "edges.png"
    run(str(moving_lines(tmp_path / "lines.csv")), "--picture", str(picture))
    shown = plt.imread(picture)[..., :3]
    assert shown.shape == (100, 200, 3)
    upright, level = shown[25:75, 30:40].mean((0, 1)), shown[40:50, 125:175].mean((0, 1))
    assert upright[0] > 2 * upright[1] > 0
    assert level[1] > 2 * level[0] > 0


def test_edges_of_the_simulator_are_drawn_and_the_background_stays_black(tmp_path: Path) -> None:
    picture = tmp_path / "edges.png"
    run("--picture", str(picture))
    lit = plt.imread(picture)[..., :3].max(2) > 0.2
    assert 0.005 < lit.mean() < 0.15


def test_edge_detection_fits_on_a_page() -> None:
    assert len(EDGES.read_text().splitlines()) < 50
