"""Bags of ROS 1 and 2 that are read: real ones and those that other software writes.

The golden values of real bags are those of the repositories they come from.
"""

from pathlib import Path

import numpy as np
import pytest
from bag_cases import EVENTS, TOPIC, mono_messages, read_all
from bag_files import event_array, packet, typestore, write_ros1, write_ros2
from message_reference import encode_mono
from recording_files import joined

from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_core.files import file_info, open_file, read_file


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
