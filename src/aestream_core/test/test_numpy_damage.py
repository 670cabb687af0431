"""NumPy arrays and archives that were cut or damaged, or claim too much."""

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from numpy_cases import make_records, write
from recording_files import joined

from aestream_core.errors import DamagedRecordingError, FormatError, InvalidArgumentError
from aestream_core.events import Events
from aestream_core.files import open_file, read_file


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
