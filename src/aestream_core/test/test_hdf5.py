"""HDF5 recordings: the layouts of data sets in the field, compression, seeking, damage, what is written."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from recording_files import joined

from aestream_core.errors import DamagedRecordingError, FormatError, InvalidArgumentError, MissingDependencyError
from aestream_core.events import EVENT_DTYPE, Events
from aestream_core.files import create_file, file_info, open_file, read_file

h5py = pytest.importorskip("h5py")

Records = npt.NDArray[np.void]


def make_records(count: int = 300_000) -> Records:
    rng = np.random.default_rng(4)
    records = np.zeros(count, EVENT_DTYPE)
    records["t"] = np.sort(rng.integers(5_000, 2_000_000, count)) + 47_000_000_000
    records["x"], records["y"] = rng.integers(0, 640, count), rng.integers(0, 480, count)
    records["p"] = rng.integers(0, 2, count)
    return records


RECORDS = make_records()


def read_all(path: Path, **options: Any) -> Records:
    return joined(list(open_file(path, **options)))


def write(path: Path, records: Records = RECORDS, pieces: int = 7, **options: Any) -> Path:
    writer = create_file(path, width=640, height=480, **options)
    for part in np.array_split(records, pieces):
        writer.write(Events.from_numpy(part, width=640, height=480))
    writer.close()
    writer.close()
    assert writer.counters().events == len(records)
    return path


def dsec(path: Path, **how: Any) -> Path:
    """Write a file as DSEC has them."""
    offset = int(RECORDS["t"][0]) - 5_321
    times = RECORDS["t"] - offset
    with h5py.File(path, "w") as file:
        group = file.create_group("events")
        group.create_dataset("t", data=times.astype("u4"), **how)
        for name in ("x", "y"):
            group.create_dataset(name, data=RECORDS[name], **how)
        group.create_dataset("p", data=RECORDS["p"].astype("u1"), **how)
        file["ms_to_idx"] = np.searchsorted(times, np.arange(0, times[-1], 1000)).astype("u8")
        file["t_offset"] = np.int64(offset)
    return path


# Layouts.


@pytest.mark.parametrize("how", [{}, {"compression": "gzip", "chunks": (1000,)}, {"compression": "lzf"}], ids=str)
def test_dsec_is_read(tmp_path: Path, how: dict[str, Any]) -> None:
    path = dsec(tmp_path / "a.h5", **how)
    assert np.array_equal(read_all(path), RECORDS)
    info = file_info(path)
    assert (info.width, info.height, info.sensor_assumed, info.format) == (640, 480, True, "hdf5")


def test_dsec_compressed_by_blosc_is_read(tmp_path: Path) -> None:
    plugin = pytest.importorskip("hdf5plugin")
    assert np.array_equal(read_all(dsec(tmp_path / "a.h5", **plugin.Blosc())), RECORDS)


@pytest.mark.parametrize("names", ["xytp", ("xs", "ys", "ts", "ps")], ids=str)
def test_times_in_seconds_are_told_by_their_type(tmp_path: Path, names: Any) -> None:
    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        for name, field in zip(names, "xytp", strict=True):
            column = RECORDS[field]
            file[f"events/{name}"] = column / 1e6 if field == "t" else column
        file.attrs["sensor_resolution"] = (500, 700)
    assert np.array_equal(read_all(tmp_path / "a.hdf5"), RECORDS)
    info = file_info(tmp_path / "a.hdf5")
    assert (info.width, info.height, info.sensor_assumed) == (700, 500, False)


def test_prophesee_is_read_with_its_triggers(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        kinds = [("x", "<u2"), ("y", "<u2"), ("p", "<i2"), ("t", "<i8")]
        events = np.zeros(len(RECORDS), kinds)
        for name in "xypt":
            events[name] = RECORDS[name]
        file["CD/events"] = events
        file.attrs["geometry"] = "1280x720"
        triggers = np.array([(1, 77, 0), (0, 99, 3)], [("p", "<i2"), ("t", "<i8"), ("id", "<i2")])
        file["EXT_TRIGGER/events"] = triggers
    stream = open_file(tmp_path / "a.hdf5", extras=("triggers",))
    assert np.array_equal(joined(list(stream)), RECORDS)
    assert (stream.width, stream.height, stream.counters()["triggers"]) == (1280, 720, 2)
    assert stream.side is not None
    assert [tuple(each) for each in stream.side.take_triggers()] == [(77, 0, 1), (99, 3, 0)]


def test_m3ed_is_read_from_the_group_that_is_named(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for camera, shift in (("left", 0), ("right", 7)):
            for name in "xytp":
                file[f"prophesee/{camera}/{name}"] = RECORDS[name] + (shift if name == "t" else 0)
            file[f"prophesee/{camera}/calib/resolution"] = [1280, 720]
    assert np.array_equal(read_all(tmp_path / "a.h5"), RECORDS)
    stream = open_file(tmp_path / "a.h5", group="prophesee/right")
    assert joined(list(stream))["t"][0] == RECORDS["t"][0] + 7
    assert (stream.width, stream.height, stream.info.sensor_assumed) == (1280, 720, False)


def test_mvsec_is_read(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        rows = np.stack([RECORDS["x"], RECORDS["y"], RECORDS["t"] / 1e6, RECORDS["p"] * 2.0 - 1], axis=1)
        file["davis/left/events"] = rows
    assert np.array_equal(read_all(tmp_path / "a.hdf5"), RECORDS)


def test_a_start_is_found_by_the_index_of_milliseconds(tmp_path: Path) -> None:
    path = dsec(tmp_path / "a.h5")
    for at in (0, 1, 100_000, len(RECORDS) - 1):
        start_us = int(RECORDS["t"][at])
        wanted = RECORDS[RECORDS["t"] >= start_us]
        stream = open_file(path, start_us=start_us)
        assert np.array_equal(joined(list(stream)), wanted)
        assert stream.counters()["events"] < len(wanted) + 2_000
    assert len(read_all(path, start_us=int(RECORDS["t"][-1]) + 10**7)) == 0


def test_events_outside_the_sensor_are_dropped_and_counted(tmp_path: Path) -> None:
    stream = open_file(dsec(tmp_path / "a.h5"), width=640, height=100)
    assert np.array_equal(joined(list(stream)), RECORDS[RECORDS["y"] < 100])
    assert stream.counters()["outside_sensor"] == (RECORDS["y"] >= 100).sum()


# What is refused.


def test_what_is_missing_is_named_with_what_is_there(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["images/left"] = np.zeros(3)
    with pytest.raises(FormatError, match=r"has no events at events, CD/events, .*; it has: images, images/left"):
        open_file(tmp_path / "a.h5")
    with pytest.raises(InvalidArgumentError, match="has no group 'cam'; it has: images"):
        open_file(tmp_path / "a.h5", group="cam")
    with pytest.raises(FormatError, match=r"has no t \(t, ts, .*it has: left"):
        open_file(tmp_path / "a.h5", group="images")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"t": [1, 2], "x": [1], "y": [1], "p": [1]}, r"differ in length: {'t': 2"),
        ({"t": [1], "x": [[1]], "y": [1], "p": [1]}, r"'x' in .* has the shape \(1, 1\), not \(N,\)"),
        ({"t": [b"a"], "x": [1], "y": [1], "p": [1]}, "'t' in .* holds .S1; integers"),
    ],
    ids=str,
)
def test_columns_that_are_no_events_are_refused(tmp_path: Path, columns: dict[str, Any], message: str) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for name, column in columns.items():
            file[f"events/{name}"] = np.array(column)
    with pytest.raises(FormatError, match=message):
        open_file(tmp_path / "a.h5")


def test_something_else_under_the_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with pytest.raises(InvalidArgumentError, match="No such file"):
        open_file(path)
    for content, message in ((b"", "the file is empty"), (b"hello, world", "is named like HDF5 but")):
        path.write_bytes(content)
        with pytest.raises(FormatError, match=message):
            open_file(path)


def test_a_codec_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = dsec(tmp_path / "a.h5", compression="gzip")
    monkeypatch.setattr(h5py.h5z, "filter_avail", lambda number: False)
    with pytest.raises(MissingDependencyError, match=r"HDF5 filter 1 \(deflate\): pip install hdf5plugin"):
        open_file(path)
    monkeypatch.setattr("aestream_core.formats.hdf5._ECF", 1)
    with pytest.raises(MissingDependencyError, match="Prophesee's ECF codec: build its plug-in"):
        open_file(path)


def test_a_missing_library_is_named_with_its_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = dsec(tmp_path / "a.h5")
    monkeypatch.setitem(sys.modules, "hdf5plugin", None)
    with pytest.raises(MissingDependencyError, match="pip install hdf5plugin"):
        create_file(tmp_path / "b.h5", width=9, height=9, compression="blosc")
    monkeypatch.setitem(sys.modules, "h5py", None)
    for use in (lambda: open_file(path), lambda: create_file(tmp_path / "b.h5", width=9, height=9)):
        with pytest.raises(MissingDependencyError, match="pip install h5py"):
            use()


# Damage.


def test_a_damaged_chunk_ends_the_recording_after_every_event_before(tmp_path: Path) -> None:
    path = dsec(tmp_path / "a.h5", compression="gzip", chunks=(1000,))
    with h5py.File(path) as file:
        chunk = file["events/x"].id.get_chunk_info_by_coord((77_000,))
    data = bytearray(path.read_bytes())
    data[chunk.byte_offset : chunk.byte_offset + 8] = b"\xff" * 8
    path.write_bytes(data)
    packets: list[Events] = []
    with pytest.raises(DamagedRecordingError, match="event 77000 of 300000 cannot be read") as caught:
        packets.extend(open_file(path, width=640, height=480))
    assert np.array_equal(joined(packets), RECORDS[:77_000])
    assert caught.value.byte_offset == chunk.byte_offset
    stream = open_file(path, width=640, height=480, skip_errors=True)
    assert np.array_equal(joined(list(stream)), np.delete(RECORDS, np.s_[77_000:78_000]))
    assert stream.counters()["damaged"] == 1


def test_a_file_that_was_cut_is_damaged(tmp_path: Path) -> None:
    data = write(tmp_path / "a.h5", RECORDS[:2000]).read_bytes()
    for cut in range(9, len(data), len(data) // 40):
        (tmp_path / "a.h5").write_bytes(data[:cut])
        with pytest.raises(DamagedRecordingError, match="is damaged at byte"):
            list(open_file(tmp_path / "a.h5"))


def test_sizes_that_only_a_header_claims_take_no_memory(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for name in "txyp":
            file.create_dataset(f"events/{name}", (1 << 40,), "u1", chunks=(1 << 16,))
    assert len(next(open_file(tmp_path / "a.h5", width=9, height=9))) == 1 << 18
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for name in "txyp":
            file.create_dataset(f"events/{name}", (1 << 40,), "u1", chunks=(1 << 31,))
    with pytest.raises(FormatError, match="chunks of 2147483648 bytes"):
        open_file(tmp_path / "a.h5")


# What is written.


@pytest.mark.parametrize("compression", [None, "none", "lzf", "gzip", "blosc"])
def test_what_is_written_is_read_again(tmp_path: Path, compression: str | None) -> None:
    if compression == "blosc":
        pytest.importorskip("hdf5plugin")
    path = write(tmp_path / "a.h5", compression=compression)
    assert np.array_equal(read_all(path), RECORDS)
    assert np.array_equal(read_file(path).to_numpy(), RECORDS)
    info = file_info(path)
    assert (info.width, info.height, info.sensor_assumed) == (640, 480, False)


def test_what_is_written_has_the_layout_and_the_index_of_dsec(tmp_path: Path) -> None:
    with h5py.File(write(tmp_path / "a.h5")) as file:
        times = file["events/t"][:]
        offset = int(file["t_offset"][()])
        index = file["ms_to_idx"][:]
        assert np.array_equal(times + offset, RECORDS["t"])
        assert np.array_equal(index, np.searchsorted(times, np.arange(len(index)) * 1000))
        assert len(index) == times[-1] // 1000 + 1


def test_times_that_step_back_stay_exact_and_can_be_sought(tmp_path: Path) -> None:
    records = RECORDS[:5000].copy()
    records["t"] -= np.random.default_rng(6).integers(0, 900, len(records))
    path = write(tmp_path / "a.h5", records)
    assert np.array_equal(read_all(path), records)
    start_us = int(np.median(records["t"]))
    assert np.array_equal(read_all(path, start_us=start_us), records[records["t"] >= start_us])


def test_a_clock_that_jumps_by_years_makes_no_index(tmp_path: Path) -> None:
    writer = create_file(tmp_path / "a.h5", width=9, height=9)
    for t in (5, 10**15):
        writer.write(Events.from_numpy(t=[t], x=[1], y=[2], p=[1], width=9, height=9))
    writer.close()
    assert read_all(tmp_path / "a.h5", start_us=6)["t"].tolist() == [10**15]
    with h5py.File(tmp_path / "a.h5") as file:
        assert "ms_to_idx" not in file


def test_nothing_is_written_as_nothing(tmp_path: Path) -> None:
    create_file(tmp_path / "a.h5", width=9, height=9).close()
    assert len(read_all(tmp_path / "a.h5")) == 0


def test_writing_is_refused_where_it_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="cannot write"):
        create_file(tmp_path / "none" / "a.h5", width=9, height=9)
    with pytest.raises(InvalidArgumentError, match="compression is 'rar'; it must be one of none, lzf, gzip, blosc"):
        create_file(tmp_path / "a.h5", width=9, height=9, compression="rar")
