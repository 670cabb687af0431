"""Bags between real processes: recorded from a driver, played to a subscriber, killed in between."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aestream_msgs.srv import Seek
from event_camera_msgs.msg import EventPacket
from rclpy.executors import Executor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.serialization import serialize_message
from std_srvs.srv import SetBool

from aestream.bag.config import PlayerConfig, RecorderConfig
from aestream.bag.recovery import recover
from aestream.bag.ros.parameters import overrides
from aestream.bag.ros.player_node import PlayerNode
from aestream.bag.ros.recorder_node import RecorderNode
from aestream.bag.stored import StoredBag
from aestream.bag.survey import survey_bag
from aestream_ros.conversions import EventPacketDecoder, event_packet, header
from aestream_ros.qos import event_qos

TOPIC = "/event_camera/events"


@contextmanager
def command(*words: str | Path) -> Iterator["subprocess.Popen[str]"]:
    """Run `aestream` in a process of its own; end it by Ctrl-C where it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "aestream", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        if process.stdout is not None and not process.stdout.closed:
            process.communicate(timeout=20)


def stored(path: Path, topic: str = TOPIC) -> list[bytes]:
    return [message.data for message in StoredBag(path).messages(topics=(topic,))]


@pytest.fixture
def node(executor: Executor) -> Iterator[Node]:
    made = Node("tester")
    executor.add_node(made)
    yield made
    executor.remove_node(made)
    made.destroy_node()


class Received:
    """A subscriber that keeps serialised messages."""

    def __init__(self, node: Node, topic: str = TOPIC) -> None:
        self.messages: list[bytes] = []
        node.create_subscription(EventPacket, topic, self.messages.append, event_qos("reliable"), raw=True)


def packet_bytes(seq: int) -> bytes:
    import numpy as np

    data = np.full(5000, seq % 251, np.uint8)
    head = header(seq * 1_000_000, "cam")
    message = event_packet(data, encoding="evt3", base_us=seq * 1000, width=640, height=480, seq=seq, header=head)
    return bytes(serialize_message(message))


def test_what_a_driver_in_another_process_sends_is_recorded_and_played_into_another_process(
    tmp_path: Path, executor: Executor, node: Node, spin_until: Callable[..., None]
) -> None:
    heard = Received(node)
    bag = tmp_path / "bag"
    config = RecorderConfig(output=str(bag), topics=f"{TOPIC}:event_camera_msgs/msg/EventPacket")
    recorder = RecorderNode(parameter_overrides=overrides(config))
    executor.add_node(recorder)
    code = "import sys; from aestream_driver.ros.node import main; sys.exit(main())"
    options = ["-p", "rate_hz:=1.0e6", "-p", "duration_s:=4.0", "-p", "packet_us:=5000"]
    driver = subprocess.Popen([sys.executable, "-c", code, "--ros-args", *options], env=os.environ)
    try:
        spin_until(lambda: len(heard.messages) > 50, what="the driver's messages")
        count = -1
        while count != len(heard.messages):  # until a quarter of a second brings nothing more
            count, until_s = len(heard.messages), time.monotonic() + 0.25
            spin_until(lambda until_s=until_s: time.monotonic() > until_s, what="silence")
    finally:
        driver.send_signal(signal.SIGINT)
        driver.wait(20)
    executor.remove_node(recorder)
    recorder.close()
    recorder.destroy_node()
    recorded = stored(bag)
    # The two subscribers were found at different times; what both heard is the same, byte for byte.
    both = min(len(recorded), len(heard.messages))
    assert both > 50
    assert recorded[-both:] == heard.messages[-both:]
    assert recorder.recorder is not None
    counters = recorder.recorder.counters[0]
    assert (counters.received, counters.dropped, counters.lost) == (len(recorded), 0, 0)

    heard.messages.clear()
    with command("bag", "play", bag, "--wait", "20") as player:
        spin_until(lambda: len(heard.messages) >= len(recorded), what="every message of the bag")
        output, errors = player.communicate(timeout=20)
    assert player.returncode == 0, errors
    assert heard.messages == recorded
    assert f"{len(recorded):,} messages" in output


def test_a_recorder_that_is_killed_loses_at_most_the_last_second_of_what_was_sent(
    tmp_path: Path, node: Node, spin_until: Callable[..., None]
) -> None:
    bag = tmp_path / "bag"
    publisher = node.create_publisher(EventPacket, TOPIC, event_qos("reliable"))
    sent: list[bytes] = []  # kept, because what lies between the fields of a serialised message is not defined
    sent_s: list[float] = []

    def send() -> None:
        if publisher.get_subscription_count():
            sent.append(packet_bytes(len(sent)))
            publisher.publish(sent[-1])
            sent_s.append(time.monotonic())

    node.create_timer(0.01, send)
    with command("bag", "record", TOPIC, "-o", bag) as recorder:
        spin_until(lambda: bool(sent_s) and sent_s[-1] - sent_s[0] > 2.0, what="two seconds of messages")
        recorder.send_signal(signal.SIGKILL)
        killed_s = time.monotonic()
        recorder.wait()
    recovery = recover(bag)
    kept = stored(recovery.path)
    # The recorder hears a publisher from when both have found each other.
    first = sent.index(kept[0])
    assert kept == sent[first : first + len(kept)]
    lost = [at_s for at_s in sent_s[first + len(kept) :] if at_s < killed_s]
    assert not lost or killed_s - lost[0] < 1.0, f"{len(lost)} of {len(sent_s)} messages lost"
    assert survey_bag(recovery.path).finished


@pytest.mark.parametrize(
    ("name", "events", "first_us"), [("bag_evt3", 343_474, 7_139_840), ("bag_libcaer_rollover", 334_331, None)]
)
def test_real_bags_reach_another_process_with_every_event(
    recordings: Path, node: Node, spin_until: Callable[..., None], name: str, events: int, first_us: int | None
) -> None:
    decoder, received = EventPacketDecoder(), []

    def on_message(message: Any) -> None:
        received.extend(decoder.decode(message))

    node.create_subscription(EventPacket, TOPIC, on_message, event_qos("reliable"))
    with command("bag", "play", recordings / name, "--wait", "20") as player:
        spin_until(lambda: sum(map(len, received)) >= events, what="every event")
        _, errors = player.communicate(timeout=20)
    assert player.returncode == 0, errors
    assert sum(map(len, received)) == events
    assert first_us is None or first_us <= received[0].first_us < first_us + 10


def test_a_bag_of_the_former_type_is_played_as_the_present_one(
    recordings: Path, node: Node, spin_until: Callable[..., None]
) -> None:
    heard = Received(node, "/renamed")
    with command("bag", "play", recordings / "bag_mono", "--remap", f"{TOPIC}:=/renamed", "--wait", "20"):
        spin_until(lambda: len(heard.messages) == 2, what="both messages")
    assert heard.messages == stored(recordings / "bag_mono")


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    """A bag of 200 packets, 10 ms apart."""
    from aestream.bag.recording import Recording
    from aestream_core.formats.bags.storage import Topic

    recording = Recording(RecorderConfig(output=str(tmp_path / "bag"), all=True))
    number = recording.add_topic(Topic(TOPIC, "event_camera_msgs/msg/EventPacket"))
    for seq in range(200):
        recording.add(number, 10**18 + seq * 10_000_000, packet_bytes(seq))
    recording.close()
    return tmp_path / "bag"


@pytest.fixture
def player(bag: Path, executor: Executor) -> Iterator[PlayerNode]:
    config = PlayerConfig(path=str(bag), paused=True, clock_hz=50.0, wait_s=20.0)
    made = PlayerNode(parameter_overrides=overrides(config))
    executor.add_node(made)
    yield made
    executor.remove_node(made)
    made.close()
    made.destroy_node()


def call(node: Node, kind: Any, name: str, request: Any, spin_until: Callable[..., None]) -> Any:
    client = node.create_client(kind, name)
    spin_until(client.service_is_ready, what=name)
    future = client.call_async(request)
    spin_until(future.done, what=f"the answer of {name}")
    node.destroy_client(client)
    return future.result()


def test_a_player_pauses_seeks_changes_its_rate_and_publishes_the_clock(
    bag: Path, player: PlayerNode, node: Node, spin_until: Callable[..., None]
) -> None:
    from rosgraph_msgs.msg import Clock

    clocks: list[int] = []
    node.create_subscription(Clock, "/clock", lambda m: clocks.append(m.clock.sec * 10**9 + m.clock.nanosec), 10)
    heard = Received(node)
    spin_until(lambda: bool(clocks), what="the clock of a paused player")
    assert (heard.messages, set(clocks)) == ([], {10**18})

    answer = call(node, Seek, "/player/seek", Seek.Request(t_us=150_500), spin_until)
    assert (answer.success, answer.t_us) == (True, 150_000)
    player.set_parameters([Parameter("rate", value=20.0)])
    answer = call(node, SetBool, "/player/set_paused", SetBool.Request(data=False), spin_until)
    assert answer.success
    spin_until(lambda: player.finished, what="the end")
    spin_until(lambda: len(heard.messages) == 50, what="the messages from there on")
    assert heard.messages == stored(bag)[150:]
    assert clocks == sorted(clocks)
    answer = call(node, Seek, "/player/seek", Seek.Request(t_us=0), spin_until)
    assert not answer.success


def test_a_rate_that_is_not_allowed_is_refused_while_playing(player: PlayerNode) -> None:
    (result,) = player.set_parameters([Parameter("rate", value=-1.0)])
    assert not result.successful
    assert "rate" in result.reason


def test_topics_whose_type_is_not_installed_are_named_and_the_others_recorded(
    tmp_path: Path, executor: Executor, spin_until: Callable[..., None]
) -> None:
    node = RecorderNode(
        parameter_overrides=overrides(
            RecorderConfig(output=str(tmp_path / "bag"), topics="/a:no_msgs/msg/Nothing /recorder/status")
        )
    )
    executor.add_node(node)
    spin_until(lambda: node.reading().packets > 1, what="its own status")
    executor.remove_node(node)
    node.close()
    node.destroy_node()
    assert node.topics is not None
    assert node.topics.refused == {"/a": "message type no_msgs/msg/Nothing is not installed here"}
    (topic,) = survey_bag(tmp_path / "bag").topics
    assert (topic.name, topic.type) == ("/recorder/status", "aestream_msgs/msg/StreamStatus")
    highlevel = pytest.importorskip("rosbags.highlevel")
    with highlevel.AnyReader([tmp_path / "bag"]) as reader:
        connection, _, data = next(reader.messages())
        assert reader.deserialize(data, connection.msgtype).stage == "recorder"
        assert connection.digest == reader.typestore.hash_rihs01(connection.msgtype)


def launch(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    words = ("launch", *map(str, words))
    return subprocess.run(
        [sys.executable, "-m", "aestream", *words], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_launch_files_record_the_first_message_to_the_last_and_replay_them(tmp_path: Path) -> None:
    recorded = launch("record", f"output:={tmp_path / 'bag'}", "duration_s:=0.5", "rate:=1e6")
    assert recorded.returncode == 0, recorded.stderr
    assert len(stored(tmp_path / "bag")) == 500
    replayed = launch("replay", f"bag:={tmp_path / 'bag'}", "wait_s:=0.0")
    assert replayed.returncode == 0, replayed.stderr


def test_camera_to_gpu_records_a_bag_of_every_event_that_it_accumulates(recordings: Path, tmp_path: Path) -> None:
    path = recordings / "expelliarmus_evt3.raw"
    result = launch("camera_to_gpu", "source:=file", f"path:={path}", f"record:={tmp_path / 'run.mcap'}", "device:=cpu")
    assert result.returncode == 0, result.stderr
    (topic,) = survey_bag(tmp_path / "run.mcap", events=True).topics
    assert topic.events == 219_596
    assert re.search(r"accumulated 219596 events", result.stdout + result.stderr)


FAULTS_BEFORE_ROS = [
    (("record",), "name the topics to record, or give --all, not both"),
    (("record", "/a", "--duration", "0"), "--duration is 0; it must be over 0 s"),
    (("play", "{bag}", "--rate", "-1"), "rate is -1.0; it must be 0 to 1000"),
    (("play", "{bag}", "--remap", "a"), "--remap has 'a'; it must be A:=B"),
    (("info", "nothing"), "cannot read 'nothing': No such file or directory"),
    (("recover", "{bag}", "-o", "{bag}"), "which is there already; choose another name"),
]


@pytest.mark.parametrize(("words", "message"), FAULTS_BEFORE_ROS)
def test_bad_input_ends_the_command_with_one_line_that_names_it(
    bag: Path, words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from aestream.cli.main import main

    assert main(["bag", *(word.replace("{bag}", str(bag)) for word in words)]) == 1
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert message in line


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("record", "/a", "-o", "{bag}"), "which is there already; choose another name"),
        (("record", "/a", "-o", "/proc/bag"), "cannot record to '/proc/bag'"),
        (("play", "nothing"), "cannot read 'nothing': No such file or directory"),
        (("play", "{bag}", "--topics", "/b"), f"has no topic '/b'; its topics: {TOPIC}"),
    ],
)
def test_what_a_node_refuses_ends_the_command_with_one_line_that_names_it(
    bag: Path, words: tuple[str, ...], message: str
) -> None:
    with command("bag", *(word.replace("{bag}", str(bag)) for word in words)) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert message in errors.strip().splitlines()[-1]
    assert "Traceback" not in errors
