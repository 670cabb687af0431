"""Bags that were cut or damaged, and what only looks like a bag."""

import sys
from pathlib import Path

import numpy as np
import pytest
from bag_cases import EVENTS, as_tuples, small
from message_reference import Event
from recording_files import joined

from aestream_core.errors import DamagedRecordingError, FormatError, InvalidArgumentError, MissingDependencyError
from aestream_core.files import create_file, open_file


def read_until_error(path: Path) -> tuple[list[Event], FormatError | None]:
    """Read what there is, and give the error that ended it."""
    events: list[Event] = []
    try:
        for each in open_file(path):
            events += as_tuples(each.to_numpy())
    except FormatError as error:
        return events, error
    return events, None


@pytest.mark.parametrize("suffix", [".mcap", ".zstd", ".bag", ".lz4", ".db3"])
def test_a_bag_that_was_cut_gives_every_message_before_and_says_where(tmp_path: Path, suffix: str) -> None:
    data = small(tmp_path, suffix).read_bytes()
    path = tmp_path / f"cut{ {'.zstd': '.mcap', '.lz4': '.bag'}.get(suffix, suffix) }"
    lengths = set()
    for cut in range(1, len(data), 97 if suffix != ".db3" else 1024):
        path.write_bytes(data[:cut])
        events, error = read_until_error(path)
        if isinstance(error, DamagedRecordingError):
            assert 0 <= error.byte_offset <= cut
            assert "is damaged at byte" in str(error)
        elif error is not None:
            assert not events
        assert events == EVENTS[: len(events)]
        lengths.add(len(events))
    assert len(lengths) > 3 or suffix in (".lz4", ".db3")


@pytest.mark.parametrize("suffix", [".mcap", ".zstd", ".bag"])
def test_skip_errors_ends_a_cut_bag_quietly_and_counts(tmp_path: Path, suffix: str) -> None:
    path = small(tmp_path, suffix)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 7 // 10])
    stream = open_file(path, skip_errors=True)
    events = as_tuples(joined(list(stream)))
    assert events == EVENTS[: len(events)]
    assert 0 < len(events) < len(EVENTS)
    assert stream.counters()["damaged"] >= 1


@pytest.mark.parametrize("suffix", [".mcap", ".zstd", ".bag", ".db3"])
def test_a_bag_with_wrong_bytes_does_no_harm(tmp_path: Path, suffix: str) -> None:
    path = small(tmp_path, suffix)
    data = path.read_bytes()
    rng = np.random.default_rng(5)
    for _ in range(60):
        wrong = bytearray(data)
        for at in rng.integers(0, len(data), 3):
            wrong[at] = rng.integers(0, 256)
        path.write_bytes(wrong)
        for skip_errors in (False, True):
            try:
                for each in open_file(path, skip_errors=skip_errors):
                    len(each)
            except (FormatError, InvalidArgumentError):
                pass


def test_a_damaged_chunk_is_skipped_where_errors_are(tmp_path: Path) -> None:
    path = small(tmp_path, ".zstd")
    data = bytearray(path.read_bytes())
    begin = data.index(b"\x28\xb5\x2f\xfd", data.index(b"\x28\xb5\x2f\xfd") + 4)  # the second chunk's frame
    data[begin : begin + 4] = b"\0\0\0\0"
    path.write_bytes(data)
    stream = open_file(path, skip_errors=True)
    assert as_tuples(joined(list(stream))) == EVENTS[:60] + EVENTS[120:]
    assert stream.counters()["damaged"] == 1
    with pytest.raises(DamagedRecordingError, match="a compressed chunk is damaged"):
        list(open_file(path))


def test_a_message_that_is_shorter_than_it_says_is_damage(tmp_path: Path) -> None:
    path = small(tmp_path, ".db3")
    import sqlite3

    with sqlite3.connect(path) as database:
        database.execute("UPDATE messages SET data = substr(data, 1, length(data) - 3) WHERE id = 2")
    with pytest.raises(DamagedRecordingError, match="fewer events than it says"):
        list(open_file(path))


def test_a_record_that_claims_to_be_huge_takes_no_memory(tmp_path: Path) -> None:
    path = small(tmp_path, ".mcap")
    path.write_bytes(path.read_bytes()[:8] + b"\x05" + (1 << 62).to_bytes(8, "little") + bytes(100))
    with pytest.raises(FormatError, match="no topic of events"):
        open_file(path)


@pytest.mark.parametrize("name", ["a.mcap", "a.db3", "a.bag"])
def test_something_else_under_the_name_of_a_bag_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"hello, world. This is text.")
    with pytest.raises(FormatError, match="is named like a bag"):
        open_file(tmp_path / name)
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(FormatError, match="the file is empty"):
        open_file(tmp_path / name)
    with pytest.raises(InvalidArgumentError, match="No such file"):
        open_file(tmp_path / ("no" + name))


def test_a_folder_without_a_bag_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError):
        open_file(tmp_path)
    (tmp_path / "metadata.yaml").write_text("relative_file_paths:\n  - a_0.mcap\n")
    with pytest.raises(InvalidArgumentError, match=r"No such file, though metadata\.yaml lists it"):
        open_file(tmp_path)


def test_a_missing_library_is_named_with_its_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = small(tmp_path, ".zstd")
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(MissingDependencyError, match="pip install zstandard"):
        list(open_file(path))
    with pytest.raises(MissingDependencyError, match="pip install zstandard"):
        create_file(tmp_path / "b.mcap", width=9, height=9, compression="zstd")
