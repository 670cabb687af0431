"""InferenceNode in a process: tensors by reference and over DDS become predictions, everything counted."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from aestream_msgs.msg import NetworkActivity, Prediction, Tensor
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.node import Node
from rclpy.parameter import Parameter

from aestream_core import AestreamError
from aestream_core.exchange import EXCHANGE, Envelope
from aestream_gpu.ros.conversions import tensor_message
from aestream_gpu.windows import Window
from aestream_ros.conversions import header
from aestream_ros.qos import product_qos
from aestream_snn.data.simgesture.playing import GESTURE_US, GestureStream, gesture_at
from aestream_snn.online.inside import STEPS
from aestream_snn.ros.inference_node import InferenceNode

TOPIC = "/seen/tensor"
WINDOW_US = 31_250


def windows(*, gestures: int) -> list[Window]:
    """Make the windows of simulated gestures, as an accumulator does."""
    counts: dict[int, torch.Tensor] = {}
    for packet in GestureStream(speed=0, packet_us=WINDOW_US, duration_us=gestures * GESTURE_US):
        events = packet.to_numpy()
        frame = counts.setdefault(packet.first_us // WINDOW_US, torch.zeros(2, 128, 128))
        at = tuple(torch.from_numpy(events[name].astype(np.int64)) for name in ("p", "y", "x"))
        frame.index_put_(at, torch.ones(len(events)), accumulate=True)
    return [window(number, frame) for number, frame in counts.items()]


def window(number: int, frame: torch.Tensor, *, arrived_ns: int = 0) -> Window:
    start_us = number * WINDOW_US
    return Window(frame, ("off", "on"), start_us, start_us + WINDOW_US, int(frame.sum()), arrived_ns)


@pytest.fixture(scope="module")
def two_gestures() -> list[Window]:
    return windows(gestures=2)


@pytest.fixture
def inference(make_node: Callable[..., Any]) -> Callable[..., InferenceNode]:
    return partial(make_node, InferenceNode, f"~/tensor:={TOPIC}", device="cpu")


def test_tensors_by_reference_become_predictions_most_of_them_right(
    two_gestures: list[Window],
    inference: Callable[..., InferenceNode],
    listener: Node,
    spin_until: Callable[..., None],
) -> None:
    publication = EXCHANGE.advertise(TOPIC)
    outputs = EXCHANGE.subscribe("/inference/prediction", limit_bytes=10**6)
    heard: list[Prediction] = []
    listener.create_subscription(Prediction, "/inference/prediction", heard.append, 1000)
    node = inference(frame_id="eye", deadline_ms=0.0)
    spin_until(lambda: node.count_subscribers("/inference/prediction") == 1, what="the listener")
    for each in two_gestures:
        publication.put(Envelope(each, node.now_ns(), each.event_count))
    publication.end(node.now_ns())
    spin_until(lambda: node.finished and len(heard) == len(two_gestures), what="a prediction a window")
    right = [message.labels[message.best] == gesture_at(message.t_us) for message in heard]
    assert np.mean(right) > 0.6
    assert [message.seq for message in heard] == list(range(len(heard)))
    last = heard[-1]
    assert (last.model, last.header.frame_id, last.normalized) == ("conv_iaf_deep (simgesture)", "eye", True)
    assert sum(last.scores) == pytest.approx(1, abs=1e-5)
    assert last.event_count == sum(each.event_count for each in two_gestures)
    first = outputs.take(0)
    assert first is not None
    assert first.payload is not None
    np.testing.assert_array_equal(first.payload.scores, heard[0].scores)
    publication.close()
    EXCHANGE.unsubscribe("/inference/prediction", outputs)
    reading = node.reading()
    assert (reading.products, reading.dropped_packets, reading.bytes_copied) == (len(heard), 0, 0)


@pytest.mark.gpu
def test_tensors_of_a_gpu_stay_there_and_give_what_the_cpu_gives(
    two_gestures: list[Window], inference: Callable[..., InferenceNode], spin_until: Callable[..., None]
) -> None:
    outputs = EXCHANGE.subscribe("/inference/prediction", limit_bytes=10**6)
    said: list[Any] = []
    for device in ("cpu", "cuda"):
        publication = EXCHANGE.advertise(TOPIC)
        node = inference(device=device, deadline_ms=0.0)
        for each in two_gestures:
            publication.put(Envelope(replace(each, tensor=each.tensor.to(device)), node.now_ns(), each.event_count))
        publication.end(node.now_ns())
        spin_until(lambda node=node: node.finished, what=f"the end on {device}")
        assert node.reading().bytes_copied == 0
        node.close()
        publication.close()
        said.append([outputs.take(0).payload.scores for _ in two_gestures])  # type: ignore[union-attr]
    EXCHANGE.unsubscribe("/inference/prediction", outputs)
    # Sums in another order may move a spike to the next window.
    assert np.mean(np.argmax(said[0], 1) == np.argmax(said[1], 1)) > 0.95


def test_tensors_from_another_process_become_predictions_and_gaps_are_counted(
    two_gestures: list[Window],
    inference: Callable[..., InferenceNode],
    listener: Node,
    spin_until: Callable[..., None],
) -> None:
    sender = listener.create_publisher(Tensor, TOPIC, product_qos("reliable"))
    node = inference(reliability="reliable")
    spin_until(lambda: sender.get_subscription_count() == 1, what="the node's subscription")
    for seq in (0, 1, 4):
        stamp = header(node.now_ns(), "eye")
        sender.publish(tensor_message(two_gestures[seq], seq=seq, header=stamp))
        spin_until(lambda seq=seq: node.reading().messages > min(seq, 2) - 1 + (seq > 0), what=f"tensor {seq}")
    spin_until(lambda: node.reading().products == 3, what="three predictions")
    assert (node.reading().lost_messages, node.reading().dropped_packets) == (2, 2)


def test_live_parameters_have_bounds_and_take_effect(inference: Callable[..., InferenceNode]) -> None:
    node = inference()
    refused = node.set_parameters([Parameter("deadline_ms", value=-1.0)])[0]
    assert not refused.successful
    frozen = node.set_parameters([Parameter("model", value="other")])[0]
    assert "cannot change while the node is configured" in frozen.reason
    assert node.set_parameters([Parameter("max_rate_hz", value=5.0)])[0].successful
    publication = EXCHANGE.advertise(TOPIC)
    frame = torch.ones(2, 128, 128)
    for number in range(32):
        publication.put(Envelope(window(number, frame), node.now_ns(), 1))
    publication.close()
    node.stop()
    assert 5 <= node.reading().products <= 6
    node.start()


def test_windows_that_waited_too_long_are_dropped_and_warned_of(
    inference: Callable[..., InferenceNode], listener: Node, spin_until: Callable[..., None]
) -> None:
    heard: list[Any] = []
    listener.create_subscription(DiagnosticArray, "/diagnostics", lambda m: heard.extend(m.status), 10)
    node = inference(deadline_ms=5000.0)
    publication = EXCHANGE.advertise(TOPIC)
    frame = torch.ones(2, 128, 128)
    publication.put(Envelope(window(0, frame), node.now_ns(), 32768))
    publication.put(Envelope(window(1, frame), node.now_ns() - 10_000_000_000, 32768))
    publication.put(Envelope(window(0, frame), node.now_ns(), 32768))
    spin_until(lambda: any("events dropped" in entry.message for entry in heard), what="a warning")
    values = {item.key: item.value for item in heard[-1].values}
    assert (values["inputs past the deadline"], values["resets"], values["dropped_events"]) == ("1", "1", "32768")
    publication.close()


def test_a_tensor_of_another_surface_fails_the_node_with_one_line(
    inference: Callable[..., InferenceNode], spin_until: Callable[..., None]
) -> None:
    node = inference()
    publication = EXCHANGE.advertise(TOPIC)
    publication.put(Envelope(window(0, torch.ones(1, 128, 128)), node.now_ns(), 1))
    spin_until(lambda: node.failure is not None, what="a failure")
    assert "this model takes 2 channels" in str(node.failure)
    publication.close()


def test_a_model_that_is_not_there_is_refused_at_the_start(inference: Callable[..., InferenceNode]) -> None:
    with pytest.raises(AestreamError, match="is no file, and no shipped model; shipped: simgesture"):
        inference(model="missing.safetensors")


def test_a_model_whose_input_nobody_publishes_says_so(
    inference: Callable[..., InferenceNode], listener: Node, spin_until: Callable[..., None]
) -> None:
    heard: list[Any] = []
    listener.create_subscription(DiagnosticArray, "/diagnostics", lambda m: heard.extend(m.status), 10)
    node = inference()
    spin_until(lambda: bool(heard), what="diagnostics")
    text = f"nobody publishes {TOPIC}, where model conv_iaf_deep (simgesture) takes tensors: an accumulator makes them"
    assert heard[-1].message.startswith(text)
    assert node.finished is None
    publication = EXCHANGE.advertise(TOPIC)
    spin_until(lambda: heard[-1].message == "active", what="no more waiting")
    assert node.finished is False
    publication.close()
    assert node.failure is None


def test_what_the_network_does_inside_is_told_on_a_topic_and_in_diagnostics(
    two_gestures: list[Window],
    inference: Callable[..., InferenceNode],
    listener: Node,
    spin_until: Callable[..., None],
) -> None:
    heard: list[NetworkActivity] = []
    said: list[Any] = []
    listener.create_subscription(NetworkActivity, "/inference/activity", heard.append, 10)
    listener.create_subscription(DiagnosticArray, "/diagnostics", lambda m: said.extend(m.status), 10)
    node = inference(monitor_every=2, deadline_ms=0.0, frame_id="eye")
    spin_until(lambda: node.count_subscribers("/inference/activity") == 1, what="the listener")
    publication = EXCHANGE.advertise(TOPIC)
    for each in two_gestures[: 2 * STEPS]:
        publication.put(Envelope(each, node.now_ns(), each.event_count))
    spin_until(lambda: bool(heard), what="a reading")
    spin_until(
        lambda: any("layer 3" in item.key for each in said for item in each.values), what="a reading in diagnostics"
    )
    publication.close()
    message = heard[0]
    assert (message.layers, message.steps, message.every) == (["conv 8", "conv 16", "conv 32", "dense 12"], STEPS, 2)
    assert (message.model, message.header.frame_id, message.step_us) == ("conv_iaf_deep (simgesture)", "eye", WINDOW_US)
    for name in ("rate", "density", "dead", "saturated", "synops", "v_min", "v_max", "int16"):
        assert len(getattr(message, name)) == 4, name
    assert all(rate > 0 for rate in message.rate)
    assert all(lowest < 0 < highest for lowest, highest in zip(message.v_min, message.v_max, strict=True))
    assert message.t_us == node.reading().t_us
    values = {item.key: item.value for item in said[-1].values}
    assert float(values["layer 0 firing rate [Hz]"]) == pytest.approx(message.rate[0], rel=0.01)
    assert len(heard) == 1


def test_a_network_that_is_not_watched_and_a_model_of_events_have_no_such_topic(
    inference: Callable[..., InferenceNode],
) -> None:
    for settings in ({"monitor_every": 0}, {"model": "simgesture_events"}):
        node = inference(**settings)
        assert node.count_publishers("/inference/activity") == 0
        assert node.count_publishers("/inference/prediction") == 1
        node.close()
    assert inference().count_publishers("/inference/activity") == 1
