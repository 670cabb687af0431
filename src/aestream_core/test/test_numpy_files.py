"""NumPy arrays and archives of events that are read: layouts, types, units; what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from numpy_cases import make_records, read_all, renamed
from recording_files import joined

from aestream_core import _core
from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_core.files import file_info, open_file, read_file


@pytest.mark.parametrize(
    "names",
    [
        {"t": ("t", "<i8"), "x": ("x", "<u2"), "y": ("y", "<u2"), "p": ("p", "?")},
        {"t": ("ts", "<u4"), "x": ("x", "u2"), "y": ("y", "i2"), "p": ("on", "u1")},
        {"p": ("polarity", "i1"), "y": ("y", ">u4"), "t": ("timestamp", ">i8"), "x": ("x", ">u2")},
        {"t": ("t", "<u8"), "x": ("x", "<i8"), "y": ("y", "<u8"), "p": ("pol", "<i4")},
        {"t": ("time", "<f8"), "x": ("x", "<f4"), "y": ("y", "<f8"), "p": ("p", "<f4")},
    ],
    ids=str,
)
def test_structured_arrays_are_read_whatever_their_fields_are(tmp_path: Path, names: dict[str, Any]) -> None:
    records = make_records()
    np.save(tmp_path / "a.npy", renamed(records, names))
    np.savez(tmp_path / "a.npz", events=renamed(records, names))
    np.savez_compressed(
        tmp_path / "b.npz", **{names[field][0]: records[field].astype(names[field][1]) for field in "txyp"}
    )
    for name in ("a.npy", "a.npz", "b.npz"):
        assert np.array_equal(read_all(tmp_path / name), records)
        info = file_info(tmp_path / name)
        assert (info.width, info.height, info.sensor_assumed) == (640, 480, True)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("turned", [False, True])
def test_arrays_of_four_columns_are_read(tmp_path: Path, order: Any, turned: bool) -> None:
    records = make_records(70_000)
    columns = np.stack([records[field].astype(np.int64) for field in ("x", "y", "p", "t")], axis=1)
    np.save(tmp_path / "a.npy", np.array(columns.T if turned else columns, order=order))
    assert np.array_equal(read_all(tmp_path / "a.npy", columns="x,y,p,t"), records)


@pytest.mark.parametrize(("unit", "scale"), [("s", 1e-6), ("ms", 1e-3), ("ns", 1000)])
def test_times_have_the_unit_that_is_named(tmp_path: Path, unit: str, scale: float) -> None:
    records = make_records(1000)
    np.savez(tmp_path / "a.npz", t=records["t"] * scale, x=records["x"], y=records["y"], p=records["p"])
    assert np.array_equal(read_all(tmp_path / "a.npz", time_unit=unit), records)


def test_polarities_of_minus_one_are_off(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", t=[1, 2, 3], x=[1, 1, 1], y=[1, 1, 1], p=[-1, 0, 1])
    assert read_all(tmp_path / "a.npz")["p"].tolist() == [False, False, True]


def test_packets_are_blocks_of_the_file(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", make_records())
    assert [len(packet) for packet in open_file(tmp_path / "a.npy")] == [65_536, 65_536, 18_928]


def test_a_part_of_the_time_is_read(tmp_path: Path) -> None:
    records = make_records()
    np.save(tmp_path / "a.npy", records)
    wanted = records[(records["t"] >= 5 * 10**7) & (records["t"] < 10**8)]
    assert np.array_equal(read_all(tmp_path / "a.npy", start_us=5 * 10**7, stop_us=10**8), wanted)


@pytest.mark.parametrize("name", ["a.npy", "a.npz"])
def test_events_outside_the_sensor_are_dropped_and_counted(tmp_path: Path, name: str) -> None:
    fields = {"t": [1, 2, 3, 4, 5, 6], "x": [-1, 10, 9, 70_000, 0, 65_536], "y": [0, 0, 9, 0, 10, 0], "p": [1] * 6}
    if name == "a.npz":
        np.savez(tmp_path / name, **fields)
    else:
        np.save(tmp_path / name, np.stack([fields[field] for field in "txyp"], axis=1))
    stream = open_file(tmp_path / name, width=10, height=10)
    assert joined(list(stream))["t"].tolist() == [3]
    assert stream.counters()["outside_sensor"] == 5
    assert stream.counters()["events"] == 1


def test_times_over_hours_make_several_packets_and_stay_exact(tmp_path: Path) -> None:
    times = np.array([0, 1, 1 << 33, (1 << 33) + 5, 1 << 50, 3], np.int64)
    np.savez(tmp_path / "a.npz", t=times, x=times * 0, y=times * 0, p=times * 0)
    assert read_all(tmp_path / "a.npz")["t"].tolist() == times.tolist()
    with pytest.raises(InvalidArgumentError, match="events span"):
        read_file(tmp_path / "a.npz")


@pytest.mark.parametrize("times", [[5, -1], [5.0, float("nan")], [5.0, 1e30], [5.0, -1e30]], ids=str)
def test_impossible_times_are_refused_or_skipped(tmp_path: Path, times: list[float]) -> None:
    np.savez(tmp_path / "a.npz", t=times, x=[1, 1], y=[1, 1], p=[1, 1])
    packets = []
    with pytest.raises(FormatError, match="1 of 2 events have times that are negative or no numbers"):
        packets.extend(open_file(tmp_path / "a.npz"))
    assert joined(packets)["t"].tolist() == [5]
    stream = open_file(tmp_path / "a.npz", skip_errors=True)
    assert joined(list(stream))["t"].tolist() == [5]
    assert stream.counters()["damaged"] == 1


@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_few_events_are_read(tmp_path: Path, count: int) -> None:
    records = make_records(count)
    np.save(tmp_path / "a.npy", records)
    np.savez(tmp_path / "a.npz", **{field: records[field] for field in "txyp"})
    assert np.array_equal(read_all(tmp_path / "a.npy"), records)
    assert np.array_equal(read_all(tmp_path / "a.npz"), records)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros(3, [("t", "i8"), ("x", "i8"), ("p", "?")]), r"has no y \(y, ys\); it has: t, x, p"),
        (np.zeros(3, [("t", "U5"), ("x", "i8"), ("y", "i8"), ("p", "?")]), "field 't' of .* holds <U5; integers"),
        (np.zeros(3, [("t", "i8", 2), ("x", "i8"), ("y", "i8"), ("p", "?")]), "field 't' of .* holds"),
        (np.zeros((3, 3)), r"has the shape \(3, 3\) and no fields; \(N, 4\)"),
        (np.zeros(3), r"has the shape \(3,\) and no fields"),
        (np.zeros((3, 4), "c16"), "holds complex128; integers"),
        (np.zeros((3, 4), "f2"), "holds float16; integers"),
        (np.zeros((2, 3), [("t", "i8"), ("x", "i8"), ("y", "i8"), ("p", "?")]), "one dimension"),
        (np.array([None, 3], object), "holds Python objects"),
    ],
    ids=str,
)
def test_arrays_that_hold_no_events_are_refused(tmp_path: Path, array: npt.NDArray[Any], message: str) -> None:
    np.save(tmp_path / "a.npy", array, allow_pickle=True)
    with pytest.raises(FormatError, match=message):
        open_file(tmp_path / "a.npy")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"t": [1], "x": [1], "p": [1]}, r"has no y \(y, ys\); it has: t, x, p"),
        ({"t": [1, 2], "x": [1], "y": [1], "p": [1]}, r"differ in length: {'t': 2, 'x': 1, 'y': 1, 'p': 1}"),
        ({"t": ["a"], "x": [1], "y": [1], "p": [1]}, "member 't' of .* holds <U1; integers"),
        ({"t": [[1]], "x": [1], "y": [1], "p": [1]}, r"has the shape \(1, 1\), not \(N,\)"),
        ({"a": [1, 2, 3]}, "has the shape"),
        ({"width": 3}, "has no t"),
    ],
    ids=str,
)
def test_archives_that_hold_no_events_are_refused(tmp_path: Path, members: dict[str, Any], message: str) -> None:
    np.savez(tmp_path / "a.npz", **members)
    with pytest.raises(FormatError, match=message):
        open_file(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": "t,x,y"}, "columns is 't,x,y'; it must be t, x, y and p"),
        ({"time_unit": "h"}, "time_unit is 'h'; it must be one of s, ms, us, ns"),
        ({"group": "a"}, "unknown option 'group'; what reading npy knows: time_unit, columns"),
    ],
)
def test_options_that_are_not_allowed_are_refused(tmp_path: Path, options: dict[str, str], message: str) -> None:
    np.save(tmp_path / "a.npy", make_records(9))
    with pytest.raises(InvalidArgumentError, match=message):
        open_file(tmp_path / "a.npy", **options)


@pytest.mark.parametrize("name", ["a.npy", "a.npz"])
def test_something_else_under_the_name_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    for use in (open_file, file_info, read_file):
        with pytest.raises(InvalidArgumentError, match="No such file"):
            use(path)
    path.write_bytes(b"")
    with pytest.raises(FormatError, match="the file is empty"):
        open_file(path)
    path.write_bytes(b"hello, world")
    with pytest.raises(FormatError, match="is named like a NumPy ar"):
        open_file(path)


def test_columns_that_are_none_are_refused() -> None:
    good = np.zeros(3, np.int64)
    for bad, message in (
        (np.zeros((3, 1)), "one dimension"),
        (np.zeros(3, ">i8"), "native byte order"),
        (np.zeros(3, "c8"), "integers, bool, float32"),
        (np.zeros(2), "differ in length"),
    ):
        with pytest.raises(InvalidArgumentError, match=message):
            _core.packets_from_columns(good, bad, good, good, 9, 9, (1, 1), 0)
    with pytest.raises(InvalidArgumentError, match="ratio of positive numbers"):
        _core.packets_from_columns(good, good, good, good, 9, 9, (0, 1), 0)
