"""`aestream launch camera_to_ssm` as a user types it: packets go straight to the model, none is lost."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from evt3_file import moving_dots, write_evt3

from aestream_snn.data.simgesture.playing import gesture_at
from bench.inference.graph import Seen, watch

SECONDS, RATE_HZ = 12, 20.0

RAN = re.compile(r"ran (\d+) events, (\d+) predictions; 0 inputs dropped with 0 events; 0 resets")


def launch(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "aestream", "launch", "camera_to_ssm", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, env=os.environ, timeout=90, check=False)
    return result.returncode, result.stdout + result.stderr


@pytest.fixture(scope="module")
def gestures() -> Seen:
    return watch(f"prediction_rate:={RATE_HZ}", seconds=SECONDS, name="camera_to_ssm")


def test_predictions_name_the_gesture_that_is_shown_more_often_than_others(gestures: Seen) -> None:
    assert np.mean([each.label == gesture_at(each.t_us) for each in gestures.said]) > 0.5


def test_predictions_come_at_most_as_often_as_asked(gestures: Seen) -> None:
    steps_us = np.diff([each.t_us for each in gestures.said])
    assert len(steps_us) > 20
    assert steps_us.min() >= 0.99e6 / RATE_HZ


def test_there_is_no_accumulator_and_nothing_is_lost_before_the_model(gestures: Seen) -> None:
    assert "accumulator" not in gestures.status
    assert gestures.status["event_camera"].dropped_events == 0
    assert gestures.status["inference"].bytes_copied == 0


def test_every_event_of_a_recording_of_a_larger_sensor_is_run_and_the_launch_ends(tmp_path: Path) -> None:
    path = write_evt3(tmp_path / "dots.raw", moving_dots(100_000))
    status, text = launch("source:=file", f"path:={path}", "speed:=0", "deadline_ms:=0", "prediction_rate:=0")
    assert status == 0, text
    found = RAN.search(text)
    assert found, text
    assert int(found[1]) == 100_000
    assert int(found[2]) > 1


def test_a_model_of_frames_is_told_that_nobody_makes_tensors_and_the_launch_ends_with_its_recording(
    tmp_path: Path,
) -> None:
    path = write_evt3(tmp_path / "dots.raw", moving_dots(1000))
    status, text = launch("source:=file", f"path:={path}", "speed:=0", "model:=simgesture")
    assert status == 0, text
    assert "nobody publishes /inference/tensor, where model conv_iaf_deep (simgesture) takes tensors" in text
    assert "as in the launch file camera_to_snn" in text
    assert "ran 0 events, 0 predictions" in text


def test_a_model_that_is_not_there_ends_the_launch_with_one_line_that_lists_those_shipped() -> None:
    status, text = launch("model:=missing.safetensors")
    assert status == 1
    assert "is no file, and no shipped model; shipped: simgesture" in text.strip().splitlines()[-1]
    assert "Traceback" not in text


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_ends_the_launch_with_one_line_that_says_so() -> None:
    status, text = launch("device:=cuda")
    assert status == 1
    last = text.strip().splitlines()[-1]
    assert "device is 'cuda', but torch" in last
    assert "sees no CUDA GPU; use cpu or auto" in last
    assert "Traceback" not in text
