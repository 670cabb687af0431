"""`aestream launch camera_to_snn` as a user types it: gestures are recognised, memory stays, faults are one line."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from evt3_file import moving_dots, write_evt3

from aestream_snn.data.simgesture.playing import gesture_at
from bench.inference.graph import Seen, watch

SECONDS = 20
GROWTH_LIMIT_MB = 20

RAN = re.compile(r"ran (\d+) events, (\d+) predictions; 0 inputs dropped with 0 events; 0 resets")


def launch(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "aestream", "launch", "camera_to_snn", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, env=os.environ, timeout=90, check=False)
    return result.returncode, result.stdout + result.stderr


@pytest.fixture(scope="module")
def twenty_seconds() -> Seen:
    return watch(seconds=SECONDS)


def test_most_predictions_name_the_gesture_that_is_shown(twenty_seconds: Seen) -> None:
    said = twenty_seconds.said
    assert len(said) > SECONDS * 32 * 0.8
    assert np.mean([each.label == gesture_at(each.t_us) for each in said]) > 0.6


def test_nothing_is_lost_between_the_nodes_and_latencies_are_told(twenty_seconds: Seen) -> None:
    status = twenty_seconds.status
    # Not those of inference: on a machine that is busy with other things it leaves late windows out, and counts them.
    assert [status[stage].dropped_events for stage in ("event_camera", "accumulator")] == [0, 0]
    assert status["inference"].bytes_copied == 0
    assert status["inference"].latency_p99_ms >= status["inference"].latency_p50_ms > 0
    assert all(each.latency_ms > 0 for each in twenty_seconds.said)


def test_memory_does_not_grow_in_twenty_seconds(twenty_seconds: Seen) -> None:
    resident_mb = twenty_seconds.rss_mb
    assert len(resident_mb) >= 30
    assert np.median(resident_mb[-5:]) - np.median(resident_mb[8:13]) < GROWTH_LIMIT_MB


def test_every_event_of_a_recording_reaches_the_network_and_the_launch_ends(tmp_path: Path) -> None:
    path = write_evt3(tmp_path / "dots.raw", moving_dots(100_000))
    status, text = launch("source:=file", f"path:={path}", "speed:=0", "deadline_ms:=0", "device:=cpu")
    assert status == 0, text
    found = RAN.search(text)
    assert found, text
    assert int(found[1]) == 100_000
    assert int(found[2]) > 0


def test_a_model_of_events_hears_the_packets_instead_of_tensors(tmp_path: Path) -> None:
    path = write_evt3(tmp_path / "dots.raw", moving_dots(1000))
    status, text = launch("source:=file", f"path:={path}", "speed:=0", "deadline_ms:=0", "model:=simgesture_events")
    assert status == 0, text
    assert "ran 1000 events" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("model:=missing.safetensors",), "is no file, and no shipped model; shipped: simgesture"),
        (("deadline_ms:=-1.0",), "deadline_ms is -1.0; it must be 0 to 60000 ms"),
    ],
)
def test_bad_input_ends_the_launch_with_one_line(arguments: tuple[str, ...], message: str) -> None:
    status, text = launch(*arguments)
    assert status == 1
    assert message in text.strip().splitlines()[-1]
    assert "Traceback" not in text
