"""The trained network that the bridge ships names simulated gestures, event by event in the chip's twin."""

from aestream_bridge.speck.config import SpeckConfig
from aestream_bridge.speck.session import SpeckSession
from aestream_snn.data.simgesture.playing import GESTURE_US, GestureStream, gesture_at


def test_the_shipped_network_names_most_gestures_in_the_twin() -> None:
    session = SpeckSession(SpeckConfig(network="simgesture", window_us=1_000_000))
    gestures = GestureStream(seed=3, packet_us=10_000, packet_events=100_000, speed=0, duration_us=12 * GESTURE_US)
    said = [prediction for events in gestures for prediction in session.add(events).predictions]
    right = [session.labels[each.best] == gesture_at(each.end_us - 1) for each in said]
    assert len(right) == 35
    assert sum(right) > 24, "chance is 3; where gestures change the one before is still in the network's state"
