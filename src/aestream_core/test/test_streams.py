"""Streams: cut exactly, paced, numbered, and ended from anywhere."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aestream_core import Events, InvalidArgumentError
from aestream_core.evt3 import encode_evt3
from aestream_core.files import open_file
from aestream_core.simulator import SimConfig, open_simulator

SMALL = {"width": 64, "height": 48, "rate_hz": 1e5}


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Events]:
    rng = np.random.default_rng(2)
    count = 200_000
    times = np.sort(rng.integers(0, 500_000, count))
    # Some events come late, as from real sensors.
    late = rng.integers(1, count, 200)
    times[late] = np.maximum(times[late] - 9, 0)
    events = Events.from_numpy(
        t=times,
        x=rng.integers(0, 640, count),
        y=rng.integers(0, 480, count),
        p=rng.integers(0, 2, count),
        width=640,
        height=480,
    )
    path = tmp_path_factory.mktemp("streams") / "made.raw"
    path.write_bytes(b"% evt 3.0\n% geometry 640x480\n% end\n" + bytes(encode_evt3(events)))
    return path, events


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.none() | st.integers(100, 200_000), st.none() | st.integers(1, 100_000).filter(lambda n: n > 200))
def test_however_a_stream_is_cut_its_events_are_the_same_in_the_same_order(
    recording: tuple[Path, Events], packet_us: int | None, packet_events: int | None
) -> None:
    path, events = recording
    packets = list(open_file(path, packet_us=packet_us, packet_events=packet_events))
    joined = np.concatenate([packet.to_numpy() for packet in packets])
    assert np.array_equal(joined, events.to_numpy())
    assert [packet.seq for packet in packets] == list(range(len(packets)))
    if packet_events is not None:
        assert max(len(packet) for packet in packets) <= packet_events
    if packet_events is not None and packet_us is None:
        assert {len(packet) for packet in packets[:-1]} <= {packet_events}


def test_packets_by_time_never_reach_over_the_end_of_their_window(recording: tuple[Path, Events]) -> None:
    for packet in open_file(recording[0], packet_us=1000):
        times = packet.to_numpy()["t"]
        assert times.max() < (packet.first_us // 1000 + 1) * 1000
        assert times.min() >= packet.first_us // 1000 * 1000 - 9, "only late events lie before"


def test_a_packet_inside_one_buffer_is_a_view_of_it() -> None:
    whole = next(open_simulator(SimConfig(**SMALL), packet_events=10_000))
    again = list(open_simulator(SimConfig(**SMALL, duration_us=200_000), packet_events=10))
    assert again[1].address - again[0].address == 80
    assert np.array_equal(whole.to_numpy()[:10], again[0].to_numpy())


def test_a_paced_stream_takes_as_long_as_its_events_divided_by_speed() -> None:
    start_s = time.monotonic()
    for _ in open_simulator(SimConfig(**SMALL, duration_us=200_000), packet_us=1000, speed=2.0):
        pass
    assert time.monotonic() - start_s >= 0.09


def test_closing_from_another_thread_ends_a_stream_that_waits() -> None:
    stream = open_simulator(SimConfig(**SMALL), packet_us=1_000_000, speed=0.001)
    closer = threading.Timer(0.2, stream.close)
    closer.start()
    assert list(stream) == []
    closer.join()


def test_a_closed_stream_stays_ended() -> None:
    with open_simulator(SimConfig(**SMALL), packet_us=1000) as stream:
        next(stream)
    assert next(stream, None) is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"packet_us": 0}, "packet_us is 0; it must be 1 or more"),
        ({"packet_events": 0}, "packet_events is 0; it must be 1 or more"),
        ({"speed": 0.0}, "speed is 0.0; it must be above 0"),
        ({"speed": float("nan")}, "speed is nan; it must be above 0"),
    ],
)
def test_impossible_cuts_and_speeds_are_refused(arguments: dict[str, float], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        open_simulator(SimConfig(**SMALL), **arguments)  # type: ignore[arg-type]
