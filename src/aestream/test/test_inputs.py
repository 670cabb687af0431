"""The Python API: packets, windows, devices, and what damaged recordings give."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from making_recordings import cut, real_recording, some_events, write_evt3

import aestream
from aestream_core import AestreamError, DamagedRecordingError, Events, InvalidArgumentError, UnknownNameError
from aestream_gpu.surfaces.count import count_ref


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_evt3(tmp_path / "made.raw", some_events())


def join(packets: Iterator[Events]) -> np.ndarray:
    return np.concatenate([packet.to_numpy() for packet in packets])


def test_importing_loads_neither_ros_nor_torch() -> None:
    code = "import aestream, sys; aestream.FileInput; print({'rclpy', 'torch'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_every_public_name_is_there() -> None:
    assert all(getattr(aestream, name) is not None for name in aestream.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Camera'"):
        _ = aestream.Camera


def test_iterating_gives_every_event_of_the_recording(recording: Path) -> None:
    with aestream.FileInput(recording, packet_us=1000) as stream:
        assert (stream.width, stream.height) == (64, 48)
        assert np.array_equal(join(iter(stream)), some_events().to_numpy())
        assert stream.info == aestream.info(recording)
        assert stream.counters()["events"] == 20_000
    assert len(aestream.read(recording)) == 20_000
    assert aestream.info(recording).format == "evt3"


def test_a_window_counts_what_the_reference_counts(recording: Path) -> None:
    expected = count_ref(some_events().slice_time(0, 10_000), width=64, height=48)
    with aestream.FileInput(str(recording), device="cpu") as stream:
        tensor = stream.read("torch")
        assert tensor.dtype == torch.float32
        assert torch.equal(tensor, expected)
    with aestream.FileInput(recording) as stream:
        array = stream.read("numpy", window_us=10_000)
        assert isinstance(array, np.ndarray)
        assert array.dtype == np.float32
        assert np.array_equal(array, expected.numpy())


@pytest.mark.parametrize("packet_us", [None, 700])
def test_windows_tile_the_recording_whatever_the_packets(recording: Path, packet_us: int | None) -> None:
    with aestream.FileInput(recording, packet_us=packet_us, device="cpu") as stream:
        windows = list(stream.tensors(window_us=7000))
    assert [window.start_us for window in windows] == list(range(0, 100_000, 7000))
    assert all(window.end_us - window.start_us == 7000 for window in windows)
    assert sum(window.event_count for window in windows) == 20_000
    assert all(window.tensor.sum() == window.event_count for window in windows)


def test_the_window_length_may_change_between_reads(recording: Path) -> None:
    with aestream.FileInput(recording, device="cpu") as stream:
        first, second = next(stream.tensors(window_us=10_000)), next(stream.tensors(window_us=5000))
        third = next(stream.tensors(window_us=5000))
    assert (first.start_us, first.end_us) == (0, 10_000)
    assert second.start_us == 10_000
    assert (third.start_us, third.end_us) == (second.end_us, second.end_us + 5000)


def test_packets_come_before_windows_and_not_after(recording: Path) -> None:
    with aestream.FileInput(recording, packet_us=1000, device="cpu") as stream:
        count = len(next(stream))
        assert count + sum(window.event_count for window in stream.tensors()) == 20_000
        with pytest.raises(InvalidArgumentError, match="windows were read from this input"):
            next(stream)


def test_read_gives_none_at_the_end() -> None:
    with aestream.SimInput(width=32, height=32, rate_hz=1e5, duration_us=15_000, device="cpu") as stream:
        assert sum(stream.read(window_us=10_000) is not None for _ in range(4)) == 2
        assert stream.read() is None


def test_equal_seeds_give_equal_simulations() -> None:
    def run(seed: int) -> np.ndarray:
        with aestream.SimInput(width=64, height=64, rate_hz=1e6, duration_us=20_000, seed=seed) as stream:
            return join(iter(stream))

    assert np.array_equal(run(1), run(1))
    assert not np.array_equal(run(1), run(2))


def test_the_packets_of_the_simulator_span_the_time_that_was_asked_for() -> None:
    with aestream.SimInput(width=64, height=64, rate_hz=1e6, duration_us=20_000, packet_us=500) as stream:
        packets = list(stream)
    assert all(packet.first_us // 500 == packet.last_us // 500 for packet in packets)


@pytest.mark.parametrize("backend", aestream.BACKENDS)
def test_a_damaged_recording_gives_every_window_before_the_fault(recording: Path, tmp_path: Path, backend: str) -> None:
    counted: list[int] = []
    with aestream.FileInput(cut(recording, tmp_path / "cut.raw"), device="cpu") as stream:
        with pytest.raises(DamagedRecordingError, match=r"cut\.raw"):
            counted.extend(window.event_count for window in stream.tensors(backend, window_us=10_000))
        assert stream.read(backend) is None
    assert 19_000 < sum(counted) <= 20_000


def test_a_damaged_recording_gives_every_packet_before_the_fault(recording: Path, tmp_path: Path) -> None:
    counted: list[int] = []
    stream = aestream.FileInput(cut(recording, tmp_path / "cut.raw"))
    with stream, pytest.raises(DamagedRecordingError, match=r"cut\.raw"):
        counted.extend(len(packet) for packet in stream)
    assert 19_000 < sum(counted) <= 20_000


def test_closing_ends_the_iteration() -> None:
    stream = aestream.SimInput(width=32, height=32, rate_hz=1e5)
    assert len(next(stream))
    stream.close()
    assert list(stream) == []


def test_impossible_arguments_are_refused_by_name(recording: Path, tmp_path: Path) -> None:
    with aestream.FileInput(recording, device="nowhere") as stream:
        with pytest.raises(UnknownNameError, match="unknown backend 'jax'; known: numpy, torch"):
            stream.read("jax")
        with pytest.raises(InvalidArgumentError, match="window_us is 0"):
            stream.read(window_us=0)
        with pytest.raises(InvalidArgumentError, match="device is 'nowhere'"):
            stream.read()
    with pytest.raises(UnknownNameError, match=r"unknown simulator setting 'colour'; known: .*width"):
        aestream.SimInput(colour=1)
    with pytest.raises(InvalidArgumentError, match="width is 3"):
        aestream.SimInput(width=3)
    with pytest.raises(InvalidArgumentError, match="packet_us is 0"):
        aestream.FileInput(recording, packet_us=0)
    with pytest.raises(AestreamError, match=r"none\.raw"):
        aestream.FileInput(tmp_path / "none.raw")


def test_a_real_recording_gives_all_its_events_as_windows() -> None:
    with aestream.FileInput(real_recording("expelliarmus_evt3.raw"), device="cpu") as stream:
        windows = list(stream.tensors(window_us=1000))
    assert sum(window.event_count for window in windows) == 219_596
    assert sum(float(window.tensor.sum()) for window in windows) == 219_596
