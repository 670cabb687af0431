"""NumPy arrays and archives of events: layouts, types, units, what is cut, what is written."""

import io
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from recording_files import joined

from aestream_core import _core
from aestream_core.errors import DamagedRecordingError, FormatError, InvalidArgumentError
from aestream_core.events import EVENT_DTYPE, Events
from aestream_core.files import create_file, file_info, open_file, read_file

Records = npt.NDArray[np.void]


def make_records(count: int = 150_000, *, width: int = 640, height: int = 480, seed: int = 1) -> Records:
    rng = np.random.default_rng(seed)
    records = np.zeros(count, EVENT_DTYPE)
    records["t"] = np.sort(rng.integers(10**6, 10**9, count))
    records["x"], records["y"] = rng.integers(0, width, count), rng.integers(0, height, count)
    records["p"] = rng.integers(0, 2, count)
    if count > 1:
        records["x"][0], records["y"][0] = width - 1, height - 1
        records["t"][1], records["t"][0] = records["t"][0], records["t"][1]  # times need not ascend
    return records


def read_all(path: Path, **options: Any) -> Records:
    return joined(list(open_file(path, **options)))


def renamed(records: Records, names: dict[str, tuple[str, str]]) -> Records:
    """Give a structured array with fields of other names and types."""
    other = np.zeros(len(records), [(name, kind) for name, kind in names.values()])
    for field, (name, _) in names.items():
        other[name] = records[field]
    return other


def write(path: Path, records: Records, pieces: int = 3, **options: Any) -> Path:
    writer = create_file(path, width=640, height=480, **options)
    for part in np.array_split(records, pieces):
        writer.write(Events.from_numpy(part, width=640, height=480))
    writer.close()
    writer.close()
    assert writer.counters().events == len(records)
    return path


# Arrays.


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


# What is refused.


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


# Damage.


def test_an_array_that_was_cut_gives_every_event_before_and_says_where(tmp_path: Path) -> None:
    records = make_records(300)
    np.save(tmp_path / "a.npy", records)
    data = (tmp_path / "a.npy").read_bytes()
    begin = len(data) - records.nbytes
    for cut in range(1, len(data)):
        (tmp_path / "cut.npy").write_bytes(data[:cut])
        packets: list[Events] = []
        with pytest.raises((DamagedRecordingError, FormatError)):
            packets.extend(open_file(tmp_path / "cut.npy"))
        assert np.array_equal(joined(packets), records[: max(0, cut - begin) // records.itemsize])
    with pytest.raises(DamagedRecordingError, match=r"damaged at byte \d+: it ends after 299 of 300 events") as caught:
        read_file(tmp_path / "cut.npy")
    assert caught.value.byte_offset == len(data) - 1
    stream = open_file(tmp_path / "cut.npy", skip_errors=True)
    assert len(joined(list(stream))) == 299
    assert stream.counters()["damaged"] == 1


def test_a_cut_array_of_fields_one_after_another_gives_the_whole_events(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(40, dtype=np.int64).reshape(4, 10))
    data = (tmp_path / "a.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(data[: -3 * 8 - 1])
    stream = open_file(tmp_path / "a.npy", width=100, height=100, skip_errors=True)
    assert joined(list(stream))["t"].tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("compress", [False, True])
def test_a_damaged_archive_gives_events_before_the_fault(tmp_path: Path, compress: bool) -> None:
    records = make_records()
    save = np.savez_compressed if compress else np.savez
    save(tmp_path / "a.npz", **{field: records[field] for field in "txyp"}, width=640, height=480)
    data = bytearray((tmp_path / "a.npz").read_bytes())
    data[len(data) // 4] ^= 0xFF  # among the times
    (tmp_path / "a.npz").write_bytes(data)
    packets: list[Events] = []
    with pytest.raises(DamagedRecordingError, match=r"is damaged: .* after \d+ of 150000 events"):
        packets.extend(open_file(tmp_path / "a.npz"))
    assert 0 < sum(map(len, packets)) < 150_000
    assert np.array_equal(joined(packets)["x"], records["x"][: sum(map(len, packets))]) or compress


def test_an_archive_that_was_cut_is_damaged(tmp_path: Path) -> None:
    records = make_records(50)
    np.savez(tmp_path / "a.npz", **{field: records[field] for field in "txyp"})
    data = (tmp_path / "a.npz").read_bytes()
    for cut in range(1, len(data)):
        (tmp_path / "a.npz").write_bytes(data[:cut])
        with pytest.raises(FormatError):
            read_file(tmp_path / "a.npz")


@pytest.mark.parametrize("name", ["a.npy", "a.npz"])
def test_wrong_bytes_do_no_harm(tmp_path: Path, name: str) -> None:
    data = write(tmp_path / name, make_records(200)).read_bytes()
    rng = np.random.default_rng(2)
    for _ in range(150):
        wrong = bytearray(data)
        for at in rng.integers(0, len(data), 3):
            wrong[at] = rng.integers(0, 256)
        (tmp_path / name).write_bytes(wrong)
        with suppress(FormatError, InvalidArgumentError):
            list(open_file(tmp_path / name))


def test_sizes_that_only_a_header_claims_take_no_memory(tmp_path: Path) -> None:
    file = io.BytesIO()
    fields = {"descr": [("t", "<i8"), ("x", "<u2"), ("y", "<u2"), ("p", "|u1"), ("z", "|V1000000000")]}
    np.lib.format.write_array_header_1_0(file, {**fields, "fortran_order": False, "shape": (1 << 60,)})
    (tmp_path / "a.npy").write_bytes(file.getvalue() + bytes(1000))
    with pytest.raises(DamagedRecordingError, match=f"it ends after 0 of {1 << 60} events"):
        list(open_file(tmp_path / "a.npy"))


def test_an_archive_that_expands_far_is_read_in_blocks(tmp_path: Path) -> None:
    count = 30_000_000
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": (count,)})
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for field in "txyp":
            archive.writestr(f"{field}.npy", header.getvalue() + bytes(count))
    stream = open_file(tmp_path / "a.npz", width=9, height=9)
    assert len(next(stream)) == 65_536
    assert stream.counters()["bytes"] < 10**6


# What is written.


@pytest.mark.parametrize(("name", "options"), [("a.npy", {}), ("a.npz", {}), ("a.npz", {"compression": "deflate"})])
def test_what_is_written_is_read_again_here_and_by_numpy(tmp_path: Path, name: str, options: dict[str, str]) -> None:
    records = make_records()
    path = write(tmp_path / name, records, **options)
    assert np.array_equal(read_all(path), records)
    assert np.array_equal(read_file(path).to_numpy(), records)
    loaded = np.load(path)
    for field in "txyp":
        assert np.array_equal(loaded[field], records[field])
        assert loaded[field].dtype == EVENT_DTYPE[field]
    assert sorted(each.name for each in tmp_path.iterdir()) == [name]


def test_archives_keep_the_size_of_the_sensor(tmp_path: Path) -> None:
    info = file_info(write(tmp_path / "a.npz", make_records(10, width=5, height=5)))
    assert (info.width, info.height, info.sensor_assumed) == (640, 480, False)


@pytest.mark.parametrize("name", ["a.npy", "a.npz"])
def test_nothing_is_written_as_nothing(tmp_path: Path, name: str) -> None:
    create_file(tmp_path / name, width=9, height=9).close()
    assert len(read_all(tmp_path / name)) == 0
    assert len(np.load(tmp_path / name)["t"]) == 0


def test_an_array_can_be_read_after_each_flush(tmp_path: Path) -> None:
    records = make_records(100)
    writer = create_file(tmp_path / "a.npy", width=640, height=480)
    for part in np.array_split(records, 2):
        writer.write(Events.from_numpy(part, width=640, height=480))
        writer.flush()
        assert len(np.load(tmp_path / "a.npy")) == writer.counters().events
    writer.close()
    assert (tmp_path / "a.npy").stat().st_size == writer.counters().bytes


def test_writing_is_refused_where_it_cannot_be(tmp_path: Path) -> None:
    for name in ("a.npy", "a.npz"):
        with pytest.raises(InvalidArgumentError, match=r"cannot write .*: No such file"):
            create_file(tmp_path / "none" / name, width=9, height=9)
    with pytest.raises(InvalidArgumentError, match="compression is 'rar'; it must be one of none, deflate"):
        create_file(tmp_path / "a.npz", width=9, height=9, compression="rar")


# The native part.


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
