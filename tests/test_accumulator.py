"""The accumulator's filters, surface and windows are parameters that change while events flow; nothing is lost."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import pytest
from aestream_msgs.msg import Tensor
from rclpy.executors import Executor
from rclpy.node import Node
from rclpy.parameter import Parameter
from sensor_msgs.msg import Image

from aestream_core import AestreamError, Events, SimConfig, UnknownNameError, open_simulator
from aestream_core.exchange import EXCHANGE, Envelope
from aestream_gpu import Window, filtering
from aestream_gpu.ros.node import AccumulatorNode
from aestream_ros.qos import product_qos

TOPIC = "/accumulated/events"
WIDTH, HEIGHT = 64, 48


class HalfFilters:
    """Stands in for the core's filters: `half` keeps the left half of the sensor, on a sensor half as wide."""

    @staticmethod
    def parse_filters(texts: tuple[str, ...], *, width: int, height: int) -> "HalfFilters":
        for text in texts:
            if text != "half":
                raise UnknownNameError("filter", text, ("half",))
        made = HalfFilters()
        made.width, made.height = width // 2, height
        return made

    width = 0
    height = 0

    def apply(self, events: Events) -> Events:
        array = events.to_numpy()
        return Events.from_numpy(array[array["x"] < self.width], width=self.width, height=self.height)


@pytest.fixture
def half(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filtering, "_filters", HalfFilters)


@pytest.fixture
def run(executor: Executor, spin_until: Callable[..., None]) -> Iterator[Callable[..., Any]]:
    """Make an accumulator; give it, what feeds it, and what it gives out."""
    made: list[AccumulatorNode] = []
    publication = EXCHANGE.advertise(TOPIC)
    outputs = EXCHANGE.subscribe("/accumulator/tensor", limit_bytes=10**9)

    def start(**values: Any) -> tuple[AccumulatorNode, Callable[[int], int], list[Window]]:
        parameters = [Parameter(name, value=value) for name, value in {"device": "cpu", **values}.items()]
        remap = ["--ros-args", "-r", f"~/events:={TOPIC}"]
        node = AccumulatorNode(parameter_overrides=parameters, cli_args=remap, use_global_arguments=False)
        made.append(node)
        executor.add_node(node)
        windows: list[Window] = []
        packets = open_simulator(SimConfig(width=WIDTH, height=HEIGHT, rate_hz=2e6), packet_us=1000)

        def feed(count: int) -> int:
            sent, before, target = 0, node.reading().packets, node.reading().packets + count
            for at in range(count):
                events = next(packets)
                publication.put(Envelope(events, 1 + before + at, len(events)))
                sent += len(events)
            spin_until(lambda: node.reading().packets >= target, what="packets")
            while (envelope := outputs.take(0)) is not None:
                windows.append(envelope.payload)
            return sent

        return node, feed, windows

    yield start
    publication.close()
    EXCHANGE.unsubscribe("/accumulator/tensor", outputs)
    for node in made:
        executor.remove_node(node)
        node.close()
        node.destroy_node()


def set_parameters(node: AccumulatorNode, **values: Any) -> list[Any]:
    return [
        result.reason
        for result in node.set_parameters([Parameter(name, value=value) for name, value in values.items()])
    ]


def test_the_surface_and_its_settings_change_while_events_flow_and_no_event_is_lost(run: Callable[..., Any]) -> None:
    node, feed, windows = run(window_us=2000)
    sent = feed(5)
    assert set_parameters(node, surface="voxel_grid:bins=3") == [""]
    sent += feed(5)
    assert set_parameters(node, surface_options="bins=4") == [
        "surface 'voxel_grid:bins=3' has settings, and so have its options 'bins=4'; give them once"
    ]
    assert set_parameters(node, surface="time_surface", surface_options="tau_us=500") == ["", ""]
    sent += feed(5)
    assert set_parameters(node, surface="moon") == [
        "unknown surface 'moon'; known: count, event_spike_tensor, leaky, stack, time_surface, tore, voxel_grid"
    ]
    node.stop()
    node._state = "inactive"
    reading = node.reading()
    assert reading.events == sent
    assert [channels for channels, _ in groupby(len(window.channels) for window in windows)] == [2, 6, 2]
    assert windows[-1].values == "shares", "of a time surface"


def test_windows_of_so_many_events_and_of_so_much_time_take_turns(run: Callable[..., Any]) -> None:
    node, feed, windows = run(window_us=2000)
    sent = feed(4)
    assert set_parameters(node, window_events=777) == [""]
    sent += feed(6)
    assert set_parameters(node, window_events=0) == [""]
    sent += feed(4)
    exact = [window for window in windows if window.event_count == 777]
    assert len(exact) > 6
    assert all(window.tensor.sum() == 777 and window.end_us > window.start_us for window in exact)
    assert windows[-1].end_us - windows[-1].start_us == 2000
    assert sum(window.event_count for window in windows) <= sent


def test_filters_change_while_events_flow_and_what_they_hold_back_is_counted(
    run: Callable[..., Any], half: None
) -> None:
    node, feed, windows = run(filters=["half"], window_us=1000)
    sent = feed(5)
    assert windows[0].tensor.shape == (2, HEIGHT, WIDTH // 2)
    filtered = node.reading().filtered_events
    assert filtered > 0
    assert node.reading().events + filtered == sent
    assert set_parameters(node, filters=[""]) == [""]
    sent += feed(5)
    assert windows[-1].tensor.shape == (2, HEIGHT, WIDTH)
    assert node.reading().filtered_events == filtered
    assert node.reading().events + filtered == sent
    assert set_parameters(node, filters=["third"]) == ["unknown filter 'third'; known: half"]
    assert set_parameters(node, filters="half half") == [""]
    assert node.config.filters == ("half", "half")


@pytest.mark.parametrize("values", [{"filters": ["moon"]}, {"surface": "moon"}])
def test_an_accumulator_with_an_unknown_name_does_not_start(
    executor: Executor, half: None, values: dict[str, Any]
) -> None:
    parameters = [Parameter(name, value=value) for name, value in values.items()]
    with pytest.raises(AestreamError, match=r"unknown (filter|surface) 'moon'; known: "):
        AccumulatorNode(parameter_overrides=parameters, use_global_arguments=False)


def test_pictures_and_tensors_are_of_the_surface_in_force(
    run: Callable[..., Any], executor: Executor, spin_until: Callable[..., None]
) -> None:
    node, feed, _ = run(surface="tore:2", window_us=1000, image_rate_hz=240.0, colour_map="paper")
    images: list[Image] = []
    tensors: list[Tensor] = []
    listener = Node("listener", use_global_arguments=False)
    listener.create_subscription(Image, node.resolve_topic_name("~/image"), images.append, product_qos("best_effort"))
    listener.create_subscription(
        Tensor, node.resolve_topic_name("~/tensor"), tensors.append, product_qos("best_effort")
    )
    executor.add_node(listener)
    spin_until(
        lambda: node.count_subscribers("/accumulator/image") and node.count_subscribers("/accumulator/tensor"),
        what="ears",
    )

    def heard() -> bool:
        feed(3)
        return bool(images and tensors)

    spin_until(heard, what="a picture and a tensor")
    executor.remove_node(listener)
    listener.destroy_node()
    assert list(tensors[0].shape) == [4, HEIGHT, WIDTH]
    assert tensors[0].channels == ["off_0", "off_1", "on_0", "on_1"]
    picture = bytes(images[0].data)
    assert (images[0].width, images[0].height, len(picture)) == (WIDTH, HEIGHT, 3 * WIDTH * HEIGHT)
    assert picture.count(b"\xff\xff\xff") > 0, "paper is white"


def test_the_latency_is_that_of_the_packet_with_the_windows_last_event(run: Callable[..., Any]) -> None:
    node, feed, windows = run(window_us=500)
    measured: list[int] = []
    node._latency.since = measured.append  # type: ignore[method-assign]
    feed(3)
    assert len(windows) > 4, "two windows a packet, but for the last, which is open"
    assert measured == [window.arrived_ns for window in windows] == [1 + at // 2 for at in range(len(windows))]
