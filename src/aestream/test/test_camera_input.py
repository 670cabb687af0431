"""A camera as a source of the command and of Python programs, on the playback of the library's device."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playback_device import Data, PlaybackBus, Unplug
from recorded_packets import decoded, evt3_packets, simulated

import aestream
from aestream.cli.main import main
from aestream_core.errors import AestreamError, UnknownNameError
from aestream_driver.cameras.prophesee_evk4 import MODEL as EVK4

Playback = Callable[..., PlaybackBus]


def steps() -> list[Data]:
    made = evt3_packets(simulated(width=1280, height=720, duration_us=50_000))
    return [Data(each.packet) for each in made]


def test_the_command_records_a_camera_for_so_long(playback: Playback, tmp_path: Path) -> None:
    packets = steps()
    bus = playback(EVK4, packets)
    out = tmp_path / "out.raw"
    words = ["input", "camera", "--duration", "0.03", "--serial", bus.serial, "--set", "bias_diff_on=20"]
    assert main([*words, "output", "file", str(out)]) == 0
    assert bus.configurations[0].biases.diff_on == 20
    recorded = aestream.read(out).to_numpy()
    expected = decoded([each.packet for each in packets], width=1280, height=720)[: len(recorded)]
    assert len(recorded) > 20_000
    assert np.array_equal(recorded, expected)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--set", "bias"], "--set is 'bias'; it must be NAME=VALUE"),
        (["--set", "bias_diff=1"], "unknown setting of Prophesee EVK4 'bias_diff'; known: bias_diff_off, bias_diff_on"),
        (["--set", "bias_fo=1000"], "bias_fo is 1000; it must be -35 to 55"),
        (["--serial", "9"], "no camera 'auto' with serial '9'; connected: Prophesee EVK4 00051234"),
        (["--duration", "0"], "duration is 0; it must be"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    words: list[str],
    message: str,
    playback: Playback,
    capsys: pytest.CaptureFixture[str],
) -> None:
    playback(EVK4)
    assert main(["input", "camera", *words]) != 0
    assert message in capsys.readouterr().err


def test_a_program_reads_packets_and_tensors_and_is_told_of_a_loss(playback: Playback) -> None:
    packets = steps()
    playback(EVK4, [*packets, Unplug()])
    received = []
    with aestream.CameraInput("prophesee_evk4", bias_diff_on=5, reconnect_s=0.0) as camera:
        assert (camera.width, camera.height) == (1280, 720)
        assert "Prophesee EVK4 00051234" in camera.description
        with pytest.raises(AestreamError, match="lost Prophesee EVK4"):
            received.extend(len(events) for events in camera)
    assert sum(received) == len(decoded([each.packet for each in packets], width=1280, height=720))
    assert camera.counters()["dropped_packets"] == 0


def test_a_setting_that_the_model_lacks_is_refused_with_those_it_has(playback: Playback) -> None:
    playback(EVK4)
    settings: dict[str, Any] = {"bias": 1}
    with pytest.raises(UnknownNameError, match=r"unknown setting of Prophesee EVK4 'bias'; known: bias_diff_off"):
        aestream.CameraInput(**settings)
