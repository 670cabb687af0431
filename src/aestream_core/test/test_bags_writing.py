"""Bags that are written: read again here, and by other software."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from bag_cases import TOPIC, written
from bag_files import typestore
from recording_files import joined

from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_core.events import Events
from aestream_core.files import create_file, file_info, open_file, read_file


@pytest.fixture
def records() -> npt.NDArray[np.void]:
    rng = np.random.default_rng(3)
    made = np.zeros(20_000, [("t", "<i8"), ("x", "<u2"), ("y", "<u2"), ("p", "?")])
    made["t"] = 3_600_000_000 + np.sort(rng.integers(0, 40_000_000, len(made)))  # two wraps of evt3's clock
    made["x"], made["y"] = rng.integers(0, 640, len(made)), rng.integers(0, 480, len(made))
    made["p"] = rng.integers(0, 2, len(made))
    return made


WRITTEN = [
    ("a.mcap", {}),
    ("a.mcap", {"compression": "zstd"}),
    ("a.mcap", {"compression": "lz4"}),
    ("a.db3", {}),
    ("folder", {"format": "rosbag2"}),
    ("folder", {"format": "rosbag2", "storage": "sqlite3"}),
]


@pytest.mark.parametrize(("name", "options"), WRITTEN, ids=str)
def test_what_is_written_is_read_again(
    tmp_path: Path, records: npt.NDArray[np.void], name: str, options: dict[str, str]
) -> None:
    path = written(tmp_path / name, records, **options)
    assert np.array_equal(joined(list(open_file(path))), records)
    assert np.array_equal(read_file(path).to_numpy(), records)
    info = file_info(path)
    assert (info.width, info.height, info.details["topic"]) == (640, 480, TOPIC)


@pytest.mark.parametrize("storage", ["mcap", "sqlite3"])
def test_rosbags_reads_what_is_written(tmp_path: Path, records: npt.NDArray[np.void], storage: str) -> None:
    from rosbags.highlevel import AnyReader

    path = written(tmp_path / "bag", records, format="rosbag2", storage=storage, topic="/cam/events", frame_id="left")
    with AnyReader([path]) as reader:
        (connection,) = reader.connections
        assert (connection.topic, connection.msgtype) == ("/cam/events", "event_camera_msgs/msg/EventPacket")
        assert connection.digest == typestore(ros1=False).hash_rihs01(connection.msgtype)
        messages = [(stamp, reader.deserialize(raw, connection.msgtype)) for _, stamp, raw in reader.messages()]
        assert reader.message_count == len(messages) > 10_000
    assert [message.seq for _, message in messages] == list(range(len(messages)))
    assert all(stamp == message.time_base for stamp, message in messages)
    first = messages[0][1]
    assert (first.width, first.height, first.encoding, first.header.frame_id) == (640, 480, "evt3", "left")
    assert first.header.stamp.sec == 3600


@pytest.mark.parametrize("compression", ["none", "lz4", "zstd"])
def test_the_mcap_library_reads_what_is_written(
    tmp_path: Path, records: npt.NDArray[np.void], compression: str
) -> None:
    make_reader = pytest.importorskip("mcap.reader").make_reader
    with written(tmp_path / "a.mcap", records, compression=compression).open("rb") as file:
        reader = make_reader(file)
        summary = reader.get_summary()
        messages = list(reader.iter_messages())
    assert summary.statistics.message_count == len(messages)
    assert summary.statistics.message_start_time == messages[0][2].log_time
    assert summary.schemas[1].name == "event_camera_msgs/msg/EventPacket"


def test_messages_span_no_more_than_was_asked_for(tmp_path: Path, records: npt.NDArray[np.void]) -> None:
    path = written(tmp_path / "a.mcap", records, message_us=5_000_000)
    assert len(list(open_file(path, speed=1e9))) == len({int(t) // 5_000_000 for t in records["t"]})


def test_an_empty_recording_is_a_bag_without_messages(tmp_path: Path) -> None:
    for name in ("a.mcap", "a.db3"):
        create_file(tmp_path / name, width=9, height=9).close()
        with pytest.raises(FormatError, match="topic /event_camera/events has no messages"):
            open_file(tmp_path / name)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"compression": "rar"}, "compression is 'rar'; it must be one of none, lz4, zstd"),
        ({"message_us": 0}, "message_us is '0'; it must be 1 or more"),
        ({"speed": 2}, "unknown option 'speed'; what writing mcap knows: topic"),
    ],
)
def test_options_that_are_not_allowed_are_refused(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        create_file(tmp_path / "a.mcap", width=9, height=9, **options)


def test_what_a_bag_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="up to 2048x2048"):
        create_file(tmp_path / "a.mcap", width=2049, height=9)
    writer = create_file(tmp_path / "a.mcap", width=9, height=9)
    with pytest.raises(InvalidArgumentError, match="stamps of ROS end at"):
        writer.write(Events.from_numpy(t=[1 << 52], x=[1], y=[1], p=[1], width=9, height=9))
    writer.close()
    with pytest.raises(InvalidArgumentError, match="cannot write"):
        create_file(tmp_path / "none" / "a.mcap", width=9, height=9)
    with pytest.raises(InvalidArgumentError, match="storage is 'tape'"):
        create_file(tmp_path / "bag", width=9, height=9, format="rosbag2", storage="tape")


def test_bags_of_ros1_are_read_not_written(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="rosbag1 is read, not written"):
        create_file(tmp_path / "a.bag", width=9, height=9)


def test_the_files_of_a_bag_are_read_in_order(tmp_path: Path, records: npt.NDArray[np.void]) -> None:
    folder = tmp_path / "bag"
    folder.mkdir()
    parts = np.array_split(records, 11)
    for index, part in enumerate(parts):
        written(folder / f"bag_{index}.mcap", part)
    assert np.array_equal(joined(list(open_file(folder))), records)
