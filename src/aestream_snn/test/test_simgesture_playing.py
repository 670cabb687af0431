"""Gestures as a stream: whole, in order of time, the same for a seed, ended from outside."""

import threading
from itertools import islice

import numpy as np
import pytest

from aestream_core.errors import InvalidArgumentError
from aestream_driver.config import DriverConfig
from aestream_driver.sources.table import open_source
from aestream_snn.data.simgesture.motions import CLASSES
from aestream_snn.data.simgesture.playing import GESTURE_US, GestureStream, gesture_at
from aestream_snn.data.simgesture.recording import GestureConfig, simulate_gesture


def test_packets_are_the_simulated_gestures_one_after_the_other() -> None:
    packets = list(GestureStream(seed=5, speed=0, duration_us=2 * GESTURE_US, packet_us=10_000, packet_events=500))
    assert max(map(len, packets)) <= 500
    assert all(packet.first_us // 10_000 == packet.last_us // 10_000 for packet in packets)
    words = [simulate_gesture(label, (5, 1000, label), GestureConfig(duration_us=GESTURE_US)) for label in (0, 1)]
    expected = np.concatenate([(each & 0xFFFFFFFF) + GESTURE_US * label for label, each in enumerate(words)])
    np.testing.assert_array_equal(np.concatenate([packet.to_numpy()["t"] for packet in packets]), expected)


def test_every_class_is_shown_in_turn_and_then_again() -> None:
    assert [gesture_at(number * GESTURE_US) for number in range(13)] == [*CLASSES, CLASSES[0]]


def test_another_seed_gives_other_events() -> None:
    first, second = (next(iter(GestureStream(seed=seed, speed=0))).to_numpy() for seed in (0, 1))
    assert not np.array_equal(first, second)


def test_closing_from_another_thread_ends_a_paced_stream() -> None:
    stream = GestureStream(speed=0.001)
    done = threading.Event()
    thread = threading.Thread(target=lambda: (list(stream), done.set()))
    thread.start()
    stream.close()
    thread.join(20)
    assert done.is_set()


def test_the_driver_opens_gestures_as_a_source() -> None:
    source = open_source(DriverConfig(source="gestures", speed=0.0, duration_s=0.1, seed=3))
    packets = [packet.events()[0] for packet in source]
    assert (source.width, source.height) == (128, 128)
    direct = list(islice(GestureStream(seed=3, speed=0), len(packets)))
    assert sum(map(len, packets)) == sum(map(len, direct)) > 0
    source.close()


def test_another_sensor_and_impossible_numbers_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="gestures are of 128 x 128 px"):
        open_source(DriverConfig(source="gestures", width=640, height=480))
    with pytest.raises(InvalidArgumentError, match="packet_us is 0"):
        GestureStream(packet_us=0)
