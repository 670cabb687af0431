"""Bags of ROS 1 and 2: real ones, those that other software writes, our own, cut ones."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from message_reference import Event, encode_mono
from recording_files import joined

from aestream_core.errors import DamagedRecordingError, FormatError, InvalidArgumentError, MissingDependencyError
from aestream_core.events import Events
from aestream_core.files import create_file, file_info, open_file, read_file

pytest.importorskip("rosbags")

from bag_files import event_array, packet, typestore, write_ros1, write_ros2

EVENTS: list[Event] = [(1_000_000 + 17 * i, i % 640, i * 3 % 480, i % 2) for i in range(300)]
TOPIC = "/event_camera/events"


def as_tuples(records: npt.NDArray[np.void]) -> list[Event]:
    return [tuple(map(int, each)) for each in records]


def read_all(path: Path, **options: Any) -> list[Event]:
    return as_tuples(joined(list(open_file(path, **options))))


def mono_messages(store: Any, *, ros1: bool = False, count: int = 10) -> list[tuple[str, Any]]:
    """Spread EVENTS over messages."""
    size = len(EVENTS) // count
    pieces = [EVENTS[at : at + size] for at in range(0, len(EVENTS), size)]
    return [
        (
            TOPIC,
            packet(store, encode_mono(each, each[0][0]), encoding="mono", time_base_ns=each[0][0] * 1000, ros1=ros1),
        )
        for each in pieces
    ]


def written(path: Path, records: npt.NDArray[np.void], **options: Any) -> Path:
    with_writer = create_file(path, width=640, height=480, **options)
    with_writer.write(Events.from_numpy(records, width=640, height=480))
    with_writer.close()
    return path


@pytest.fixture
def records() -> npt.NDArray[np.void]:
    rng = np.random.default_rng(3)
    made = np.zeros(20_000, [("t", "<i8"), ("x", "<u2"), ("y", "<u2"), ("p", "?")])
    made["t"] = 3_600_000_000 + np.sort(rng.integers(0, 40_000_000, len(made)))  # two wraps of evt3's clock
    made["x"], made["y"] = rng.integers(0, 640, len(made)), rng.integers(0, 480, len(made))
    made["p"] = rng.integers(0, 2, len(made))
    return made


# Real bags; the golden values are those of the repositories they come from.


def test_a_real_bag_of_evt3_is_read_exactly(recordings: Path) -> None:
    stream = open_file(recordings / "bag_evt3", extras=("triggers",))
    events = joined(list(stream))
    assert len(events) == stream.counters()["events"] == 343_474
    assert events["p"].sum() == 125_183
    assert 7_139_840 <= events["t"][0] < 7_139_850
    assert stream.side is not None
    triggers = stream.side.take_triggers()
    assert [(triggers["value"] == edge).sum() for edge in (0, 1)] == [2_078, 2_079]
    assert triggers["t_us"].min() >= 7_139_840


def test_a_real_bag_of_libcaer_is_read_exactly_over_its_roll_over(recordings: Path) -> None:
    events = read_file(recordings / "bag_libcaer_rollover").to_numpy()
    sums = [int(events[name].sum(dtype=np.uint64)) for name in ("x", "y", "p")]
    assert (len(events), *sums) == (334_331, 111_651_612, 82_801_007, 181_908)
    assert events["t"][0] == 1_702_309_120_762_236
    assert np.diff(events["t"]).min() >= 0
    assert np.diff(events["t"]).max() < 1000


def test_a_real_bag_of_mono_under_its_former_type_name_is_read_exactly(recordings: Path) -> None:
    events = read_file(next((recordings / "bag_mono").glob("*.db3"))).to_numpy()
    assert [int(events[name].sum(dtype=np.uint64)) for name in ("t", "x", "y", "p")] == [4_950, 34_450, 26_450, 50]


# Bags that other software writes.


@pytest.mark.parametrize("zstd", [False, True])
@pytest.mark.parametrize("mcap", [False, True])
def test_bags_of_rosbags_are_read(tmp_path: Path, mcap: bool, zstd: bool) -> None:
    store = typestore(ros1=False)
    bag = write_ros2(tmp_path / "bag", store, mono_messages(store), mcap=mcap, zstd=zstd and mcap)
    assert read_all(bag) == EVENTS
    single = next(path for path in bag.iterdir() if path.suffix in (".mcap", ".db3"))
    assert read_all(single) == EVENTS
    info = file_info(single)
    assert (info.width, info.height, info.sensor_assumed) == (640, 480, False)
    assert info.details["encoding"] == "mono"


@pytest.mark.parametrize("compression", ["none", "bz2", "lz4"])
def test_bags_of_ros1_are_read(tmp_path: Path, compression: str) -> None:
    store = typestore(ros1=True)
    bag = write_ros1(tmp_path / "a.bag", store, mono_messages(store, ros1=True), compression=compression)
    assert read_all(bag) == EVENTS


@pytest.mark.parametrize("package", ["dvs_msgs", "prophesee_event_msgs", "dv_ros2_msgs"])
@pytest.mark.parametrize("ros1", [False, True])
@pytest.mark.parametrize("count", [0, 1, 2, 301])
def test_event_arrays_are_read(tmp_path: Path, package: str, ros1: bool, count: int) -> None:
    store = typestore(ros1=ros1, package=package)
    events = (EVENTS * 2)[:count]
    messages = [("/dvs/events", event_array(store, each, ros1=ros1, package=package)) for each in (events, EVENTS)]
    if ros1:
        assert read_all(write_ros1(tmp_path / "a.bag", store, messages)) == events + EVENTS
    else:
        assert read_all(write_ros2(tmp_path / "bag", store, messages, mcap=True)) == events + EVENTS


@pytest.mark.parametrize("frame_id", ["", "a", "abcd", "abcdefg", "é"])
def test_messages_are_read_whatever_the_length_of_their_strings(tmp_path: Path, frame_id: str) -> None:
    store = typestore(ros1=False)
    message = packet(store, encode_mono([(5, 1, 2, 1)], 0), encoding="mono", frame_id=frame_id)
    assert read_all(write_ros2(tmp_path / "bag", store, [(TOPIC, message)], mcap=False)) == [(5, 1, 2, 1)]


def test_the_topic_is_the_first_of_events_or_the_one_that_is_named(tmp_path: Path) -> None:
    store = typestore(ros1=False)
    text = store.types["std_msgs/msg/String"](data="hello")
    other = packet(store, encode_mono([(5, 1, 2, 1)], 0), encoding="mono")
    messages = [("/chatter", text), *mono_messages(store), ("/other", other)]
    bag = write_ros2(tmp_path / "bag", store, messages, mcap=True)
    assert read_all(bag) == EVENTS
    assert read_all(bag, topic="/other") == [(5, 1, 2, 1)]
    with pytest.raises(
        InvalidArgumentError, match=r"no topic '/none'; its topics: /chatter \(std_msgs/msg/String\), /"
    ):
        open_file(bag, topic="/none")
    with pytest.raises(FormatError, match="/chatter holds std_msgs/msg/String; events come in event_camera_msgs"):
        open_file(bag, topic="/chatter")


def test_a_bag_without_events_is_refused_with_its_topics(tmp_path: Path) -> None:
    store = typestore(ros1=False)
    text = store.types["std_msgs/msg/String"](data="hello")
    bag = write_ros2(tmp_path / "bag", store, [("/chatter", text)], mcap=False)
    with pytest.raises(FormatError, match="has no topic of events; its topics: /chatter"):
        open_file(bag)


def test_an_encoding_that_is_not_known_is_named(tmp_path: Path) -> None:
    store = typestore(ros1=False)
    bag = write_ros2(tmp_path / "bag", store, [(TOPIC, packet(store, b"", encoding="evt9"))], mcap=False)
    with pytest.raises(FormatError, match="'evt9'; understood are: evt3"):
        open_file(bag)


def test_big_endian_events_are_refused(tmp_path: Path) -> None:
    store = typestore(ros1=False)
    message = packet(store, b"", encoding="mono", is_bigendian=True)
    with pytest.raises(FormatError, match="big-endian 'mono'"):
        open_file(write_ros2(tmp_path / "bag", store, [(TOPIC, message)], mcap=False))


# Bags that are written.


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


# Damage.


def small(folder: Path, suffix: str) -> Path:
    """Write a small bag of many messages."""
    if suffix == ".bag":
        store = typestore(ros1=True)
        return write_ros1(folder / "a.bag", store, mono_messages(store, ros1=True))
    if suffix == ".lz4":
        store = typestore(ros1=True)
        return write_ros1(folder / "lz4.bag", store, mono_messages(store, ros1=True), compression="lz4")
    options = {"compression": "zstd"} if suffix == ".zstd" else {}
    writer = create_file(folder / f"a{'.mcap' if suffix == '.zstd' else suffix}", width=640, height=480, **options)
    t, x, y, p = zip(*EVENTS, strict=True)
    whole = Events.from_numpy(t=t, x=x, y=y, p=p, width=640, height=480)
    for at in range(0, len(EVENTS), 60):
        writer.write(Events(whole._packet.view(at, at + 60)))
        writer.flush()
    writer.close()
    return folder / f"a{'.mcap' if suffix == '.zstd' else suffix}"


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


def test_the_files_of_a_bag_are_read_in_order(tmp_path: Path, records: npt.NDArray[np.void]) -> None:
    folder = tmp_path / "bag"
    folder.mkdir()
    parts = np.array_split(records, 11)
    for index, part in enumerate(parts):
        written(folder / f"bag_{index}.mcap", part)
    assert np.array_equal(joined(list(open_file(folder))), records)


def test_a_missing_library_is_named_with_its_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = small(tmp_path, ".zstd")
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(MissingDependencyError, match="pip install zstandard"):
        list(open_file(path))
    with pytest.raises(MissingDependencyError, match="pip install zstandard"):
        create_file(tmp_path / "b.mcap", width=9, height=9, compression="zstd")
