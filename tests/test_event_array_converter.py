"""EventArrayConverter in real processes over DDS: packets to arrays of a foreign package and back."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pytest
from dvs_interfaces import environment_with_dvs_msgs
from event_camera_msgs.msg import EventPacket
from rclpy.executors import Executor
from rclpy.node import Node
from rclpy.publisher import Publisher

from aestream_core import Events
from aestream_core.errors import MissingDependencyError
from aestream_core.messages import MessageEncoder
from aestream_driver.event_arrays import ArrayHeader, ArrayReader, array_messages
from aestream_driver.ros.event_array_type import event_array_class
from aestream_ros.conversions import EventPacketDecoder, event_packet, header
from aestream_ros.qos import event_qos

CODE = "import sys; from aestream_driver.ros.event_array_converter import main; sys.exit(main())"


def some_events(seq: int) -> Events:
    """Give 2000 events of the millisecond of that number."""
    rng = np.random.default_rng(seq)
    return Events.from_numpy(
        t=np.sort(rng.integers(seq * 1000, seq * 1000 + 1000, 2000)),
        x=rng.integers(0, 640, 2000),
        y=rng.integers(0, 480, 2000),
        p=rng.integers(0, 2, 2000),
        width=640,
        height=480,
    )


def as_text(events: Events, header: ArrayHeader) -> str:
    sec, nanosec = divmod(header.stamp_ns, 10**9)
    lines = [f"{sec} {nanosec} {header.frame_id} {events.height} {events.width}"]
    for t, x, y, p in events.to_numpy().tolist():
        lines.append(f"{x} {y} {t // 10**6} {t % 10**6 * 1000} {int(p)}")
    return "\n".join(lines) + "\n"


def peer(task: str, data: bytes) -> bytes:
    command = [sys.executable, str(Path(__file__).with_name("event_array_peer.py")), task]
    done = subprocess.run(command, input=data, capture_output=True, env=environment_with_dvs_msgs(), check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.mark.timeout(300)
@pytest.mark.parametrize("frame", ["lens", "optical", "a_long_frame_id"])
def test_ros_reads_what_is_written_and_writes_what_is_read(frame: str) -> None:
    events, header = some_events(0), ArrayHeader(1_700_000_001_234_567_890, frame)
    (data,) = array_messages(events, header)
    text = as_text(events, header)
    assert peer("read", data).decode() == text
    found, (packet,) = ArrayReader("dvs_msgs").read(peer("write", text.encode()))
    assert found == header
    assert np.array_equal(packet.to_numpy(), events.to_numpy())


@contextmanager
def converter(name: str, environment: dict[str, str], *, remaps: dict[str, str], **parameters: str) -> Iterator[None]:
    """Run a converter in a process of its own, which must end cleanly."""
    rules = [f"__node:={name}", *(f"{old}:={new}" for old, new in remaps.items())]
    options = [word for rule in rules for word in ("-r", rule)]
    options += [word for key, value in parameters.items() for word in ("-p", f"{key}:={value}")]
    process = subprocess.Popen(
        [sys.executable, "-c", CODE, "--ros-args", *options], stderr=subprocess.PIPE, text=True, env=environment
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors


@pytest.mark.timeout(300)
def test_packets_come_back_through_arrays_of_a_foreign_package_event_for_event(
    executor: Executor, spin_until: Callable[..., None]
) -> None:
    environment = environment_with_dvs_msgs()
    node = Node("peer")
    executor.add_node(node)
    came: list[EventPacket] = []
    publisher = node.create_publisher(EventPacket, "/in", event_qos("reliable"))
    to_array = {"~/events": "/in", "~/event_array": "/arrays"}
    to_packet = {"~/event_array": "/arrays", "~/events": "/out"}
    with ExitStack() as stack:
        stack.enter_context(converter("there", environment, remaps=to_array, direction="to_array"))
        stack.enter_context(
            converter("back", environment, remaps=to_packet, direction="to_packet", encoding="libcaer_cmp")
        )
        node.create_subscription(EventPacket, "/out", came.append, event_qos("reliable"))
        spin_until(lambda: publisher.get_subscription_count() > 0, what="the first converter")
        spin_until(lambda: node.count_subscribers("/arrays") > 0, what="the second converter")
        spin_until(lambda: node.count_publishers("/out") > 0, what="the way out")
        sent = send_until_one_comes_back(publisher, "evt21", came, spin_until)
    decoder = EventPacketDecoder()
    packets = [events for message in came for events in decoder.decode(message)]
    assert {(message.encoding, message.header.frame_id) for message in came} == {("libcaer_cmp", "lens")}
    assert decoder.lost_packets == 0
    got = np.concatenate([events.to_numpy() for events in packets])
    assert np.array_equal(got, sent[-len(got) :])
    executor.remove_node(node)
    node.destroy_node()


def send_until_one_comes_back(
    publisher: Publisher, encoding: str, came: list[EventPacket], spin_until: Callable[..., None]
) -> np.ndarray:
    """Send packets of consecutive times, the first ones perhaps before the converters see their subscribers."""
    sent, seq = [], 0
    while not came or seq < 20:
        events = some_events(seq)
        for message in MessageEncoder(encoding).encode(events):
            packet = event_packet(
                message.data,
                encoding=encoding,
                base_us=message.base_us,
                width=640,
                height=480,
                seq=seq,
                header=header(seq, "lens"),
            )
            publisher.publish(packet)
        sent.append(events.to_numpy())
        seq += 1
        before = len(came)
        if before:
            spin_until(lambda before=before: len(came) > before, what="the packet that was just sent")
        else:
            try:
                spin_until(lambda: bool(came), what="a packet", timeout_s=0.5)
            except AssertionError:
                assert seq < 40, "nothing comes back"
    return np.concatenate(sent)


def test_where_no_package_is_installed_the_error_names_those_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dv_ros2_msgs.msg", None)
    with pytest.raises(MissingDependencyError, match="looked for: dv_ros2_msgs"):
        event_array_class("dv_ros2_msgs")
