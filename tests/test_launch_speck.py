"""`aestream launch camera_to_speck`: camera to the twin to predictions, every event of a recording accounted for."""

import os
import re
import subprocess
import sys
from pathlib import Path

from evt3_file import moving_dots, write_evt3

RAN = re.compile(r"ran (\d+) events, (\d+) predictions; (\d+) dropped, (\d+) beside the input")


def launch(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "aestream", "launch", "camera_to_speck", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, env=os.environ, timeout=90, check=False)
    return result.returncode, result.stdout + result.stderr


def test_every_event_of_a_recording_runs_through_the_twin_and_predictions_come_out(tmp_path: Path) -> None:
    path = write_evt3(tmp_path / "dots.raw", moving_dots(200_000))
    status, text = launch("source:=file", f"path:={path}", "speed:=0", "window_us:=20000")
    assert status == 0, text
    found = RAN.search(text)
    assert found, text
    events, predictions, dropped, outside = map(int, found.groups())
    assert events + outside == 200_000
    assert dropped == 0
    assert predictions > 0


def test_a_device_without_its_library_ends_the_launch_with_one_line() -> None:
    status, text = launch("device:=speck2e")
    assert status == 1
    assert "Traceback" not in text
    assert "samna" in text.strip().splitlines()[-1]


def test_a_network_that_does_not_fit_ends_the_launch_with_layer_and_limit(tmp_path: Path) -> None:
    import numpy as np

    from aestream_bridge.speck import Layer, Network, save_network

    layer = Layer("wide", np.ones((1, 1, 17, 17), np.int8), threshold=9)
    save_network(Network("wide", (1, 64, 64), (layer,)), tmp_path / "wide.safetensors")
    status, text = launch(f"network:={tmp_path / 'wide.safetensors'}")
    assert status == 1
    assert "layer 'wide': kernel size: its kernel has side 17; at most 16 is allowed" in text
