"""EventArray messages as bytes; `tests/test_event_array_converter.py` has them read by ROS 2 itself."""

import numpy as np
import pytest

from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_core.events import Events
from aestream_driver.event_arrays import ArrayHeader, ArrayReader, array_messages

EVENT_BYTES = 20 * 16 - 3
HEADER = ArrayHeader(stamp_ns=1_700_000_001_234_567_890, frame_id="lens")


def some_events(count: int, *, start_us: int = 7_000_000) -> Events:
    rng = np.random.default_rng(count)
    return Events.from_numpy(
        t=start_us + np.sort(rng.integers(0, 900_000, count)),
        x=rng.integers(0, 640, count),
        y=rng.integers(0, 480, count),
        p=rng.integers(0, 2, count),
        width=640,
        height=480,
    )


@pytest.mark.parametrize("count", [1, 2, 3, 5000])
def test_arrays_come_out_as_they_went_in(count: int) -> None:
    events = some_events(count)
    (data,) = array_messages(events, HEADER)
    header, (packet,) = ArrayReader("dvs_msgs").read(data)
    assert header == HEADER
    assert (packet.width, packet.height) == (640, 480)
    assert np.array_equal(packet.to_numpy(), events.to_numpy())


def test_a_packet_without_events_makes_no_array() -> None:
    assert array_messages(Events.from_numpy(t=[], x=[], y=[], p=[], width=8, height=8), HEADER) == []


def test_a_message_cut_anywhere_gives_the_events_before_the_cut_or_a_clear_error() -> None:
    (data,) = array_messages(some_events(20), HEADER)
    expected = some_events(20).to_numpy()
    for cut in range(len(data)):
        reader = ArrayReader("dvs_msgs")
        if cut < len(data) - EVENT_BYTES:
            with pytest.raises(FormatError, match="is not what its type says"):
                reader.read(data[:cut])
            continue
        _, packets = reader.read(data[:cut])
        found = [row for packet in packets for row in packet.to_numpy().tolist()]
        assert found == expected[: len(found)].tolist()
        assert reader.damaged == 1


def test_events_outside_the_sensor_are_left_out_and_counted() -> None:
    (data,) = array_messages(some_events(50), HEADER)
    small = data[:24] + (9).to_bytes(4, "little") + data[28:]
    reader = ArrayReader("dvs_msgs")
    _, packets = reader.read(small)
    assert reader.invalid_events + sum(map(len, packets)) == 50
    assert reader.invalid_events > 0


def test_a_sensor_without_a_size_is_refused() -> None:
    (data,) = array_messages(some_events(5), HEADER)
    with pytest.raises(InvalidArgumentError, match="height is 0"):
        ArrayReader("dvs_msgs").read(data[:24] + bytes(4) + data[28:])
