"""Playing: every message in order, pauses, seeking, loops; bags of others, compressed, damaged."""

import os
import queue
import shutil
from pathlib import Path
from typing import Any

import pytest
from bag_making import BEGIN_NS, STEP_NS, write_bag

from aestream.bag.config import PlayerConfig
from aestream.bag.errors import NotPlayableError
from aestream.bag.player import Player
from aestream.bag.sensor_time import find_sensor_time
from aestream.bag.stored import StoredBag
from aestream_core.errors import AestreamError, FormatError, InvalidArgumentError
from aestream_core.formats.bags.storage import Topic

END = ("", b"")
TOPICS = ("/events", "/texts")


class Played:
    """A player, and what it handed out."""

    def __init__(self, path: Path, topics: tuple[str, ...] = TOPICS, **settings: Any) -> None:
        self.messages: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        self.errors: list[AestreamError | None] = []
        config = PlayerConfig(path=str(path), **{"rate": 0.0, **settings})
        self.player = Player(StoredBag(path), config, topics=topics, publish=self._take, on_end=self._end)
        self.player.start()

    def next(self) -> tuple[str, bytes]:
        return self.messages.get(timeout=20)

    def rest(self) -> list[tuple[str, bytes]]:
        return list(iter(self.next, END))

    def _take(self, topic: Topic, data: bytes) -> None:
        self.messages.put((topic.name, data))

    def _end(self, error: AestreamError | None) -> None:
        self.errors.append(error)
        self.messages.put(END)


def bytes_of(written: list[tuple[str, int, bytes]]) -> list[tuple[str, bytes]]:
    return [(name, data) for name, _, data in written]


@pytest.mark.parametrize("settings", [{}, {"compression": "zstd"}, {"storage": "sqlite3"}, {"max_size_mb": 0.05}])
def test_every_message_is_played_in_order(tmp_path: Path, settings: dict[str, Any]) -> None:
    written = write_bag(tmp_path / "bag", 300, **settings)
    played = Played(tmp_path / "bag")
    assert played.rest() == bytes_of(written)
    assert (played.errors, played.player.counters.messages) == ([None], 300)


def test_messages_are_not_handed_out_before_they_are_due(tmp_path: Path) -> None:
    import time

    write_bag(tmp_path / "bag", 200)
    begin_s = time.monotonic()
    played = Played(tmp_path / "bag", rate=1.0)
    assert len(played.rest()) == 200
    assert time.monotonic() - begin_s >= 0.199


def test_only_the_topics_named_are_played(tmp_path: Path) -> None:
    written = write_bag(tmp_path / "bag", 100)
    assert Played(tmp_path / "bag", topics=("/texts",)).rest() == [
        (name, data) for name, data in bytes_of(written) if name == "/texts"
    ]


def test_start_and_duration_cut_a_part_out(tmp_path: Path) -> None:
    written = write_bag(tmp_path / "bag", 1000)
    played = Played(tmp_path / "bag", start_s=0.25, duration_s=0.5)
    assert played.rest() == bytes_of(written)[250:750]


def test_a_loop_begins_again_until_it_is_told_not_to(tmp_path: Path) -> None:
    written = write_bag(tmp_path / "bag", 20)
    played = Played(tmp_path / "bag", loop=True)
    assert [played.next() for _ in range(50)] == (bytes_of(written) * 3)[:50]
    played.player.reconfigure(PlayerConfig(path="x", rate=0.0, loop=False))
    assert len(played.rest()) % 20 == 10
    played.player.stop()


def test_a_paused_player_waits_and_then_misses_nothing(tmp_path: Path) -> None:
    written = write_bag(tmp_path / "bag", 100)
    played = Played(tmp_path / "bag", rate=1.0, paused=True)
    assert played.player.paused
    with pytest.raises(queue.Empty):
        played.messages.get(timeout=0.2)
    played.player.set_paused(False)
    first = [played.next() for _ in range(10)]
    played.player.set_paused(True)
    played.player.set_paused(False)
    assert first + played.rest() == bytes_of(written)


def test_stopping_ends_a_pause(tmp_path: Path) -> None:
    write_bag(tmp_path / "bag", 10)
    played = Played(tmp_path / "bag", paused=True)
    played.player.stop()
    assert (played.errors, played.messages.empty()) == ([], True)


def test_a_seek_goes_on_with_the_packet_that_holds_the_sensor_time(tmp_path: Path) -> None:
    written = write_bag(tmp_path / "bag", 100)
    place = find_sensor_time(StoredBag(tmp_path / "bag"), 42_500)
    assert (place.t_us, place.time_ns) == (42_000, BEGIN_NS + 42 * STEP_NS)
    played = Played(tmp_path / "bag", paused=True)
    played.player.seek(place.time_ns)
    played.player.set_paused(False)
    assert played.rest() == bytes_of(written)[42:]


def test_a_seek_before_the_first_packet_is_refused(tmp_path: Path) -> None:
    write_bag(tmp_path / "bag", 5)
    bag = StoredBag(tmp_path / "bag")
    with pytest.raises(NotPlayableError, match="begins at -1 us of the sensor's clock or before"):
        find_sensor_time(bag, -1)


@pytest.mark.parametrize(
    ("storage", "mode"), [("MCAP", "STORAGE"), ("SQLITE3", "MESSAGE"), ("SQLITE3", "FILE"), ("MCAP", "FILE")]
)
def test_bags_that_rosbags_compressed_are_played(tmp_path: Path, storage: str, mode: str) -> None:
    rosbag2 = pytest.importorskip("rosbags.rosbag2")
    written = write_bag(tmp_path / "ours", 50)
    writer = rosbag2.Writer(tmp_path / "bag", version=9, storage_plugin=rosbag2.StoragePlugin[storage])
    writer.set_compression(rosbag2.CompressionMode[mode], rosbag2.CompressionFormat.ZSTD)
    with writer:
        from bag_making import EVENTS, TEXTS

        topics = {
            each.name: writer.add_connection(each.name, each.type, msgdef=each.definition, rihs01=each.type_hash)
            for each in (EVENTS, TEXTS)
        }
        for name, time_ns, data in written:
            writer.write(topics[name], time_ns, data)
    assert Played(tmp_path / "bag").rest() == bytes_of(written)


def test_a_bag_of_the_library_mcap_is_played(tmp_path: Path) -> None:
    mcap_writer = pytest.importorskip("mcap.writer")
    written = write_bag(tmp_path / "ours", 50)
    with (tmp_path / "theirs.mcap").open("wb") as file:
        writer = mcap_writer.Writer(file, compression=mcap_writer.CompressionType.LZ4)
        writer.start(profile="ros2")
        schema = writer.register_schema("std_msgs/msg/String", "ros2msg", b"string data\n")
        channels = {name: writer.register_channel(name, "cdr", schema) for name in TOPICS}
        for name, time_ns, data in written:
            writer.add_message(channels[name], time_ns, data, time_ns)
        writer.finish()
    assert Played(tmp_path / "theirs.mcap").rest() == bytes_of(written)


@pytest.mark.parametrize("storage", ["mcap", "sqlite3"])
def test_a_bag_without_metadata_is_played(tmp_path: Path, storage: str) -> None:
    written = write_bag(tmp_path / "bag", 100, storage=storage)
    (tmp_path / "bag" / "metadata.yaml").unlink()
    assert Played(tmp_path / "bag").rest() == bytes_of(written)


def test_of_an_unfinished_bag_everything_before_its_end_is_played(tmp_path: Path) -> None:
    written = write_bag(tmp_path / "bag.mcap", 300)
    os.truncate(tmp_path / "bag.mcap", 400_000)
    played = Played(tmp_path / "bag.mcap")
    messages = played.rest()
    assert messages == bytes_of(written)[: len(messages)]
    assert len(messages) > 190
    assert (played.player.counters.damaged, played.errors) == (1, [None])
    assert played.player.damage[0][0] <= 400_000


def test_what_cannot_be_played_is_said(tmp_path: Path, recordings: Path) -> None:
    with pytest.raises(InvalidArgumentError, match=r"cannot read 'nothing': No such file or directory"):
        StoredBag("nothing")
    shutil.copy(recordings / "bag_evt3" / "test_events_1.db3", tmp_path / "a.mcap")
    with pytest.raises(FormatError, match="does not begin like one"):
        StoredBag(tmp_path / "a.mcap")
    (tmp_path / "a.bag").write_bytes(b"#ROSBAG V2.0\n")
    with pytest.raises(FormatError, match="is a bag of ROS 1"):
        StoredBag(tmp_path / "a.bag")
    with pytest.raises(InvalidArgumentError, match="path is empty"):
        PlayerConfig()


@pytest.mark.parametrize(("name", "count"), [("bag_evt3", 517), ("bag_libcaer_rollover", 201), ("bag_mono", 2)])
def test_real_bags_are_played_byte_for_byte(recordings: Path, name: str, count: int) -> None:
    import sqlite3

    (path,) = (recordings / name).glob("*.db3")
    database = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    stored = [bytes(data) for (data,) in database.execute("SELECT data FROM messages ORDER BY id")]
    database.close()
    played = Played(recordings / name, topics=("/event_camera/events",))
    assert [data for _, data in played.rest()] == stored
    assert len(stored) == count
