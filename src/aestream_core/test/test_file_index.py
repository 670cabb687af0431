"""Seeking: a part of a recording is the same with an index and without, and the second time little is decoded."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from recording_files import joined

from aestream_core.events import Events
from aestream_core.files import create_file, open_file, read_file

COUNT = 3_000_000
SPAN_US = 30_000_000  # over the wrap of EVT3's clock
INDEXED = ("evt3", "evt2", "es")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a cache folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "aestream" / "index"


@pytest.fixture(scope="module")
def events() -> npt.NDArray[np.void]:
    rng = np.random.default_rng(3)
    times = np.sort(rng.integers(0, SPAN_US, COUNT))
    columns = {name: rng.integers(0, top, COUNT) for name, top in (("x", 640), ("y", 480), ("p", 2))}
    return Events.from_numpy(t=times, **columns, width=640, height=480).to_numpy()


@pytest.fixture
def recording(request: pytest.FixtureRequest, tmp_path: Path, events: npt.NDArray[np.void]) -> Path:
    path = tmp_path / f"recording.{'es' if request.param == 'es' else 'raw'}"
    writer = create_file(path, width=640, height=480, format=request.param)
    writer.write(Events.from_numpy(events, width=640, height=480))
    writer.close()
    return path


def part(path: Path, start_us: int, stop_us: int) -> tuple[npt.NDArray[np.void], int]:
    stream = open_file(path, start_us=start_us, stop_us=stop_us)
    found = joined(list(stream))
    return found, stream.counters()["events"]


@pytest.mark.parametrize("recording", INDEXED, indirect=True)
def test_a_part_is_exact_and_the_second_time_little_is_decoded(
    recording: Path, events: npt.NDArray[np.void], cache: Path
) -> None:
    start_us, stop_us = 25_000_000, 25_100_000
    expected = events[(events["t"] >= start_us) & (events["t"] < stop_us)]
    first, decoded_first = part(recording, start_us, stop_us)
    second, decoded_second = part(recording, start_us, stop_us)
    assert np.array_equal(first, expected)
    assert np.array_equal(second, expected)
    assert decoded_first > 2_000_000
    assert decoded_second < decoded_first / 2
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize("recording", INDEXED[:1], indirect=True)
@pytest.mark.parametrize("change", ["cut", "changed", "empty"])
def test_a_damaged_index_is_not_believed(
    recording: Path, events: npt.NDArray[np.void], cache: Path, change: str
) -> None:
    part(recording, 25_000_000, 25_100_000)
    stored = next(cache.iterdir())
    content = bytearray(stored.read_bytes())
    content[len(content) // 2] ^= 1
    stored.write_bytes({"cut": content[:-3], "changed": content, "empty": b""}[change])
    found, _ = part(recording, 20_000_000, 20_100_000)
    assert np.array_equal(found, events[(events["t"] >= 20_000_000) & (events["t"] < 20_100_000)])


@pytest.mark.parametrize("recording", INDEXED[:1], indirect=True)
def test_an_index_is_void_once_the_recording_changed(recording: Path, events: npt.NDArray[np.void]) -> None:
    part(recording, 25_000_000, 25_100_000)
    writer = create_file(recording, width=640, height=480)
    writer.write(Events.from_numpy(events[::2], width=640, height=480))
    writer.close()
    found, _ = part(recording, 25_000_000, 25_100_000)
    half = events[::2]
    assert np.array_equal(found, half[(half["t"] >= 25_000_000) & (half["t"] < 25_100_000)])


@pytest.mark.parametrize("recording", INDEXED[:1], indirect=True)
def test_without_a_place_for_the_index_a_part_is_exact_too(
    recording: Path, events: npt.NDArray[np.void], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    found = read_file(recording, start_us=25_000_000, stop_us=25_100_000).to_numpy()
    assert np.array_equal(found, events[(events["t"] >= 25_000_000) & (events["t"] < 25_100_000)])
