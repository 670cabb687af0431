"""Files in Python: one way in, one way out, whatever the format."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from making_recordings import cut, some_events, write_evt3

import aestream
from aestream_core.errors import DamagedRecordingError, InvalidArgumentError, UnknownNameError
from aestream_core.events import Events
from aestream_core.files import FileFormat


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_evt3(tmp_path / "made.raw", some_events())


def packets(events: Events) -> list[Events]:
    return [events.slice_time(at, at + 10_000) for at in range(0, 100_000, 10_000)]


@pytest.mark.parametrize(
    "given",
    [
        lambda events, _: events,
        lambda events, _: packets(events),
        lambda events, _: iter(packets(events)),
        lambda _, path: aestream.stream(path, packet_us=1000),
        lambda _, path: aestream.FileInput(path),
    ],
    ids=["events", "list", "generator", "stream", "input"],
)
def test_events_packets_streams_and_inputs_are_written_alike(
    tiny: FileFormat, recording: Path, tmp_path: Path, given: Callable[[Events, Path], Iterable[Events]]
) -> None:
    counters = aestream.write(tmp_path / "out.tiny", given(some_events(), recording))
    assert counters.events == 20_000
    assert counters.bytes == (tmp_path / "out.tiny").stat().st_size
    back = aestream.read(tmp_path / "out.tiny")
    assert (back.width, back.height) == (64, 48)
    assert np.array_equal(back.to_numpy(), some_events().to_numpy())


@pytest.mark.parametrize("ending", ["h5", "npz", "npy", "raw", "aedat4", "csv"])
def test_the_size_that_is_told_is_that_of_the_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out.{ending}"
    assert aestream.write(path, some_events()).bytes == path.stat().st_size


def test_size_and_options_reach_the_writer(tiny: FileFormat, tmp_path: Path) -> None:
    path = tmp_path / "out.tiny"
    counters = aestream.write(path, some_events(start_us=9), width=100, height=90, compression="lz4", progress=True)
    assert counters.lost_base_us == some_events(start_us=9).first_us
    assert aestream.info(path).width == 100
    with pytest.raises(InvalidArgumentError, match="unknown option 'colour'; what writes tiny knows: compression"):
        aestream.write(path, some_events(), colour=1)


def test_what_cannot_be_written_is_refused(tiny: FileFormat, tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="give width and height"):
        aestream.write(tmp_path / "out.tiny", [])
    with pytest.raises(InvalidArgumentError, match="give both or none"):
        aestream.write(tmp_path / "out.tiny", [], width=5)
    with pytest.raises(InvalidArgumentError, match=r"unknown file extension '\.bmp'"):
        aestream.write(tmp_path / "out.bmp", some_events())
    with pytest.raises(UnknownNameError, match="unknown file format 'evt9'"):
        aestream.write(tmp_path / "out.raw", some_events(), format="evt9")


@pytest.mark.parametrize("make", [aestream.stream, aestream.FileInput])
def test_the_file_that_is_read_is_not_written(tiny: FileFormat, tmp_path: Path, make: Callable[..., Any]) -> None:
    path = tmp_path / "both.tiny"
    aestream.write(path, some_events())
    with make(path) as source, pytest.raises(InvalidArgumentError, match="is what is being read"):
        aestream.write(path, source)
    assert len(aestream.read(path)) == 20_000


def test_everything_before_damage_is_written(tiny: FileFormat, recording: Path, tmp_path: Path) -> None:
    damaged = cut(recording, tmp_path / "cut.raw")
    with pytest.raises(DamagedRecordingError, match=r"cut\.raw"):
        aestream.write(tmp_path / "out.tiny", aestream.stream(damaged))
    assert 19_000 < len(aestream.read(tmp_path / "out.tiny")) <= 20_000


@pytest.mark.parametrize("progress", [False, True])
def test_a_part_of_a_recording_is_read_by_time(recording: Path, progress: bool) -> None:
    expected = some_events().slice_time(20_000, 50_000).to_numpy()
    assert np.array_equal(
        aestream.read(recording, start_us=20_000, stop_us=50_000, progress=progress).to_numpy(), expected
    )
    with aestream.stream(recording, start_us=20_000, stop_us=50_000, packet_events=1000) as stream:
        pieces = list(stream)
    assert max(map(len, pieces)) <= 1000
    assert np.array_equal(np.concatenate([piece.to_numpy() for piece in pieces]), expected)
    with aestream.FileInput(recording, start_us=20_000, stop_us=50_000) as source:
        assert sum(map(len, source)) == len(expected)


def test_an_input_takes_every_option_of_reading(tiny: FileFormat, recording: Path, tmp_path: Path) -> None:
    with aestream.FileInput(recording, format="evt3", skip_errors=True, threads=2, extras=("triggers",)) as source:
        assert sum(map(len, source)) == 20_000
        assert len(source.take_triggers()) == 0
        with pytest.raises(InvalidArgumentError, match="imu were not asked for"):
            source.take_imu()
    aestream.write(tmp_path / "a.tiny", some_events())
    with aestream.FileInput(tmp_path / "a.tiny", time_unit="ms") as source:
        assert source.info.format == "tiny"
    with pytest.raises(UnknownNameError, match="unknown extra 'sound'"):
        aestream.FileInput(recording, extras=("sound",))


def test_what_lies_beside_events_has_named_fields(recording: Path) -> None:
    assert aestream.read_triggers(recording).dtype == aestream.TRIGGER_DTYPE
    assert aestream.read_imu(recording).dtype == aestream.IMU_DTYPE
    assert list(aestream.read_frames(recording)) == []


def test_a_camera_with_frames_imu_and_triggers_gives_them(recordings: Path) -> None:
    path = recordings / "tonic_sample.aedat4"
    imu = aestream.read_imu(path)
    if not len(imu):
        pytest.skip("inertial measurements of AEDAT 4 are not read yet")
    assert (np.diff(imu["t"]) >= 0).all()
    norm = np.linalg.norm(imu["acceleration_g"], axis=1)
    assert 0.8 < np.median(norm) < 1.2


def test_the_table_of_formats_is_there() -> None:
    assert {"evt3", "aedat4"} <= set(aestream.FILE_FORMATS)


def test_the_page_about_files_names_every_format_with_its_endings_and_options() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "files.md"
    if not page.is_file():
        pytest.skip("the page is in the repository, not in an installed package")
    rows = {line.split("`")[1]: line for line in page.read_text().splitlines() if line.startswith("| `")}
    for name, row in aestream.FILE_FORMATS.items():
        assert name in rows, f"docs/files.md has no row for {name}"
        assert all(f"`{extension}`" in rows[name] for extension in row.extensions), name
        assert all(f"`{option.name}`" in rows[name] for option in (*row.read_options, *row.write_options)), name
