"""NumPy arrays and archives that are written: read again here and by NumPy."""

from pathlib import Path

import numpy as np
import pytest
from numpy_cases import make_records, read_all, write

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import EVENT_DTYPE, Events
from aestream_core.files import create_file, file_info, read_file


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
