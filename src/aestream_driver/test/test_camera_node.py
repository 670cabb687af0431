"""DriverNode with a camera: parameters of the model, faults in the status, topics beside the events."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rclpy
from aestream_msgs.msg import StreamStatus, Trigger
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from event_camera_msgs.msg import EventPacket
from playback_device import Data, Overflow, PlaybackBus, Silence, Unplug
from rclpy.executors import Executor
from rclpy.node import Node
from rclpy.parameter import Parameter
from recorded_packets import decoded, evt3_packets, inivation_packets, simulated
from sensor_msgs.msg import CameraInfo, Image, Imu

from aestream_core.errors import AestreamError
from aestream_driver.cameras import library
from aestream_driver.cameras.base import CameraModel
from aestream_driver.cameras.calibration import load_calibration
from aestream_driver.cameras.inivation_davis346 import MODEL as DAVIS346
from aestream_driver.cameras.inivation_dvxplorer import MODEL as DVXPLORER
from aestream_driver.cameras.prophesee_evk4 import MODEL as EVK4
from aestream_driver.ros.node import DriverNode
from aestream_ros.conversions import EventPacketDecoder, stamp_ns
from aestream_ros.process import make_executor
from aestream_ros.qos import event_qos

Playback = Callable[..., PlaybackBus]
SpinUntil = Callable[..., None]


@pytest.fixture
def executor() -> Iterator[Executor]:
    rclpy.init()
    made = make_executor()
    yield made
    made.shutdown()
    rclpy.try_shutdown()


@pytest.fixture
def spin_until(executor: Executor) -> SpinUntil:
    def spin(condition: Callable[[], bool], *, what: str) -> None:
        deadline_s = time.monotonic() + 20.0
        while not condition():
            assert time.monotonic() < deadline_s, f"not in time: {what}"
            executor.spin_once(timeout_sec=0.02)

    return spin


@pytest.fixture
def start(executor: Executor) -> Iterator[Callable[..., DriverNode]]:
    nodes: list[DriverNode] = []

    def started(name: str = "event_camera", **parameters: Any) -> DriverNode:
        overrides = [Parameter(key, value=value) for key, value in {"source": "camera", **parameters}.items()]
        node = DriverNode(
            parameter_overrides=overrides, cli_args=["--ros-args", "-r", f"__node:={name}"], use_global_arguments=False
        )
        nodes.append(node)
        executor.add_node(node)
        return node

    yield started
    for node in nodes:
        executor.remove_node(node)
        node.close()
        node.destroy_node()


@pytest.fixture
def listener(executor: Executor) -> Iterator[Node]:
    node = Node("listener", use_global_arguments=False)
    executor.add_node(node)
    yield node
    executor.remove_node(node)
    node.destroy_node()


def heard(listener: Node, kind: type[Any], topic: str) -> list[Any]:
    messages: list[Any] = []
    listener.create_subscription(kind, topic, messages.append, event_qos("reliable"))
    return messages


def steps(duration_us: int = 60_000) -> list[Data]:
    made = evt3_packets(simulated(width=1280, height=720, duration_us=duration_us))
    return [Data(each.packet) for each in made]


def set_parameters(node: Node, **values: Any) -> tuple[bool, str]:
    result = node.set_parameters_atomically([Parameter(name, value=value) for name, value in values.items()])
    return result.successful, result.reason


def test_the_cameras_settings_are_parameters_that_reach_it_at_the_start_and_while_it_streams(
    playback: Playback, start: Callable[..., DriverNode]
) -> None:
    bus = playback(EVK4, [Silence(60.0)])
    node = start(bias_diff_on=25, roi="0,0,640,360")
    assert bus.configurations[0].biases.diff_on == 25
    assert "contrast threshold of on events" in node.describe_parameter("bias_diff_on").description
    assert node.describe_parameter("bias_diff_on").integer_range[0].to_value == 140
    assert set_parameters(node, bias_diff_on=30, bias_fo=-3) == (True, "")
    assert (bus.configurations[-1].biases.diff_on, bus.configurations[-1].biases.fo) == (30, -3)
    assert bus.configurations[-1].x_mask == bus.configurations[0].x_mask


def test_what_cannot_change_while_streaming_or_is_out_of_bounds_is_refused_with_the_reason(
    playback: Playback, start: Callable[..., DriverNode]
) -> None:
    bus = playback(EVK4, [Silence(60.0)])
    node = start()
    told = len(bus.configurations)
    assert "sync cannot change while the node is configured" in set_parameters(node, sync="primary")[1]
    assert not set_parameters(node, bias_diff_on=1000)[0]
    assert "must lie within the sensor" in set_parameters(node, roi="0,0,2000,1", bias_fo=1)[1]
    assert len(bus.configurations) == told
    bus.refuse = "Pipe error"
    assert "does not take the settings: Pipe error" in set_parameters(node, bias_fo=1)[1]
    assert node.get_parameter("bias_fo").value == 0


def test_after_cleanup_every_setting_may_change(playback: Playback, start: Callable[..., DriverNode]) -> None:
    bus = playback(EVK4, [Silence(60.0)], [Silence(60.0)])
    node = start()
    node.trigger_deactivate()
    node.trigger_cleanup()
    assert set_parameters(node, sync="secondary") == (True, "")
    node.trigger_configure()
    assert bus.configurations[-1].clock.name == "EXTERNAL"


def test_settings_of_a_named_model_are_there_before_its_camera_is_looked_for(
    playback: Playback, start: Callable[..., DriverNode]
) -> None:
    bus = playback(DVXPLORER)
    node = start(camera="inivation_dvxplorer", autostart=False, bias_on=3)
    assert bus.openings == 0
    assert node.get_parameter("bias_on").value == 3


@pytest.mark.parametrize("model", [EVK4, DAVIS346, DVXPLORER], ids=lambda model: model.name)
def test_the_parameter_file_of_a_model_starts_a_node(
    model: CameraModel, playback: Playback, executor: Executor
) -> None:
    bus = playback(model, [Silence(60.0)])
    file = Path(__file__).resolve().parents[3] / "config" / f"{model.name}.yaml"
    node = DriverNode(cli_args=["--ros-args", "--params-file", str(file)], use_global_arguments=False)
    assert bus.configurations[0].serialize() == model.configure(model.settings()).serialize()
    node.close()
    node.destroy_node()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"camera": "prophesee_evk3_hd"}, r"no camera 'prophesee_evk3_hd'; connected: Prophesee EVK4 00051234"),
        ({"serial": "9"}, r"no camera 'auto' with serial '9'; connected: Prophesee EVK4 00051234"),
        ({"bias_diff_on": 1000}, r"bias_diff_on is 1000; it must be -85 to 140"),
        ({"camera_info_url": "http://x"}, r"camera_info_url is 'http://x'; it must begin with file:///"),
    ],
)
def test_a_camera_that_cannot_be_had_ends_the_node_with_the_reason_and_is_let_go(
    parameters: dict[str, Any], message: str, playback: Playback, executor: Executor
) -> None:
    playback(EVK4)
    overrides = [Parameter(key, value=value) for key, value in {"source": "camera", **parameters}.items()]
    with pytest.raises(AestreamError, match=message):
        DriverNode(parameter_overrides=overrides, use_global_arguments=False)


def test_what_is_sent_decodes_to_what_the_camera_gave_less_what_is_counted_as_dropped(
    playback: Playback, start: Callable[..., DriverNode], listener: Node, spin_until: SpinUntil
) -> None:
    packets = steps()
    lost = packets[5:8]
    bus = playback(EVK4, [*packets[:5], Overflow(tuple(each.packet for each in lost)), *packets[8:]])
    messages = heard(listener, EventPacket, "/event_camera/events")
    statuses = heard(listener, StreamStatus, "/event_camera/status")
    node = start(autostart=False)
    node.trigger_configure()
    spin_until(lambda: node.count_subscribers("/event_camera/events") == 1, what="the subscriber")
    node.trigger_activate()
    spin_until(lambda: len(messages) == len(packets) - len(lost), what="every message")
    decoder = EventPacketDecoder()
    received = sum(len(events) for message in messages for events in decoder.decode(message))
    dropped = decoded([each.packet for each in lost], width=1280, height=720)
    assert received + len(dropped) == len(decoded([each.packet for each in packets], width=1280, height=720))
    assert decoder.lost_packets == len(lost) == len(bus.dropped)
    spin_until(lambda: statuses and statuses[-1].dropped_packets == len(lost), what="the status")


def test_a_lost_camera_shows_in_status_and_diagnostics_until_it_is_back(
    playback: Playback, start: Callable[..., DriverNode], listener: Node, spin_until: SpinUntil
) -> None:
    bus = playback(EVK4, [*steps(10_000), Unplug()], [*steps(10_000), Silence(60.0)], absences=[10**6])
    statuses = heard(listener, StreamStatus, "/event_camera/status")
    diagnostics = heard(listener, DiagnosticArray, "/diagnostics")
    start(reconnect_s=0.1)
    spin_until(lambda: any(each.state == "reconnecting" for each in statuses), what="the state")
    assert "lost Prophesee EVK4 00051234: No such device" in statuses[-1].message
    spin_until(lambda: diagnostics and diagnostics[-1].status[0].level == DiagnosticStatus.WARN, what="the warning")
    bus.absences = []
    spin_until(lambda: statuses[-1].state == "active", what="the camera is back")
    spin_until(lambda: details(diagnostics[-1])["reconnects"] == "1", what="the count")


def details(message: DiagnosticArray) -> dict[str, str]:
    return {each.key: each.value for each in message.status[0].values}


def test_a_camera_that_is_given_up_fails_the_node_with_the_reason(
    playback: Playback, start: Callable[..., DriverNode], spin_until: SpinUntil
) -> None:
    playback(EVK4, [Unplug()])
    node = start(reconnect_s=0.0)
    spin_until(lambda: node.failure is not None, what="the failure")
    assert "lost Prophesee EVK4 00051234" in str(node.failure)


def test_two_cameras_stream_in_one_process_each_to_its_own_topic(
    playback: Playback, start: Callable[..., DriverNode], spin_until: SpinUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    buses = {serial: playback(EVK4, steps(20_000), serial=serial) for serial in ("left", "right")}
    monkeypatch.setattr(library, "list_devices", lambda: [each.list_devices()[0] for each in buses.values()])
    monkeypatch.setattr(
        library, "open_device", lambda model, **options: buses[options["serial"]].open_device(model, **options)
    )
    for serial, bus in buses.items():
        start(serial, serial=serial)
        spin_until(lambda bus=bus: len(bus.given) == 4, what=f"every packet of {serial}")  # type: ignore[misc]
    assert [bus.openings for bus in buses.values()] == [1, 1]


def test_a_davis_publishes_measurements_frames_triggers_and_its_calibration_on_the_host_clock(
    playback: Playback,
    start: Callable[..., DriverNode],
    listener: Node,
    spin_until: SpinUntil,
    recordings: Path,
    tmp_path: Path,
) -> None:
    made = [Data(each.packet) for each in inivation_packets(recordings / "tonic_sample.aedat4", "inivation_davis346")]
    playback(DAVIS346, made)
    kinds = {"imu": Imu, "image_raw": Image, "trigger": Trigger, "camera_info": CameraInfo}
    got = {topic: heard(listener, kind, f"/event_camera/{topic}") for topic, kind in kinds.items()}
    (tmp_path / "davis.yaml").write_text(CALIBRATION)
    node = start(autostart=False, camera_info_url=f"file://{tmp_path}/davis.yaml", frame_id="davis")
    node.trigger_configure()
    spin_until(lambda: all(node.count_subscribers(f"/event_camera/{topic}") for topic in kinds), what="subscribers")
    node.trigger_activate()
    spin_until(lambda: len(got["image_raw"]) == len(made) == len(got["trigger"]), what="frames and triggers")
    spin_until(lambda: len(got["imu"]) == 475 and got["camera_info"], what="measurements and calibration")
    accelerations = [
        (each.linear_acceleration.x, each.linear_acceleration.y, each.linear_acceleration.z) for each in got["imu"]
    ]
    assert np.linalg.norm(accelerations, axis=1).mean() == pytest.approx(9.81, rel=0.15)
    image = got["image_raw"][0]
    assert (image.encoding, image.width, image.height, image.header.frame_id) == ("mono16", 346, 260, "davis")
    assert np.array_equal(np.frombuffer(image.data, np.uint16), np.arange(260 * 346, dtype=np.uint16))
    assert (got["camera_info"][0].k[0], got["camera_info"][0].distortion_model) == (300.0, "plumb_bob")
    assert [each.rising for each in got["trigger"][:3]] == [True, False, True]
    apart_ns = stamp_ns(got["imu"][1].header.stamp) - stamp_ns(got["imu"][0].header.stamp)
    times = made[0].packet.imu_events["t"]
    assert apart_ns == int(times[1] - times[0]) * 1000


CALIBRATION = """image_width: 346
image_height: 260
camera_name: davis
distortion_model: plumb_bob
camera_matrix: {rows: 3, cols: 3, data: [300, 0, 173, 0, 300, 130, 0, 0, 1]}
distortion_coefficients: {rows: 1, cols: 5, data: [0.1, 0, 0, 0, 0]}
rectification_matrix: {rows: 3, cols: 3, data: [1, 0, 0, 0, 1, 0, 0, 0, 1]}
projection_matrix: {rows: 3, cols: 4, data: [300, 0, 173, 0, 0, 300, 130, 0, 0, 0, 1, 0]}
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- 1", "it lists no fields"),
        (CALIBRATION.replace("346", "640"), "is for 640 x 260; the sensor is 346 x 260"),
        (CALIBRATION.replace("[0.1, 0, 0, 0, 0]", "none"), "distortion_coefficients has no data of numbers"),
        (CALIBRATION.replace("0, 0, 1]}\ndist", "0]}\ndist"), "camera_matrix has no data of 9 numbers"),
        ("{", "is no YAML"),
    ],
)
def test_a_calibration_that_is_none_or_another_cameras_is_refused(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(AestreamError, match=message):
        load_calibration(f"file://{tmp_path}/c.yaml", width=346, height=260)
