"""The simulator on one core: every scene at three sensor sizes, against a NumPy model of the same pixels."""

from collections.abc import Callable

import numpy as np

from aestream_core.events import Events
from aestream_core.simulator import (
    SCENES,
    PixelArrayState,
    SimConfig,
    open_simulator,
    pixel_array_step,
    pixel_array_step_ref,
)
from aestream_core.streams import PacketStream
from bench.timing import compare, show

SIZES = ((346, 260), (640, 480), (1280, 720))
RATE_HZ = 20e6
EVENTS = 1_000_000
STEP_US = 1000


def main() -> None:
    """Assert rates and the twin's agreement, then time a million events of each scene."""
    twin = numpy_twin_mev_s()
    for width, height in SIZES:
        candidates = {scene: reader(scene, width, height) for scene in SCENES}
        rates = {"NumPy twin of the pixels, 346x260": twin} | compare(candidates, events=EVENTS)
        show(f"simulate {width}x{height} at {RATE_HZ / 1e6:g} Mev/s of sensor time", rates)


def reader(scene: str, width: int, height: int) -> Callable[[], object]:
    """Give a function that pulls a million events, all in order and at about the rate."""
    stream = open_simulator(SimConfig(width=width, height=height, scene=scene, rate_hz=RATE_HZ))
    first = pull(stream)
    assert all(packet.is_time_ordered() for packet in first)
    count = sum(len(packet) for packet in first)
    assert abs(first[-1].last_us * RATE_HZ / 1e6 / count - 1) < 0.2  # it is the mean over a second that holds
    return lambda: pull(stream)


def pull(stream: PacketStream) -> list[Events]:
    """Take packets until they hold a million events, and at most a packet more."""
    packets, count = [], 0
    while count < EVENTS:
        packets.append(next(stream))
        count += len(packets[-1])
    return packets


def numpy_twin_mev_s() -> float:
    """Time the twin on a drifting grating; it agrees with the native pixels first."""
    height, width = 260, 346
    phase = np.arange(width, dtype=np.float32) / 6
    frames = [np.tile(0.9 * np.sin(phase - step / 6).astype(np.float32), (height, 1)) for step in range(24)]
    config = SimConfig(width=width, height=height)
    ours, twins = fresh_state(frames[0]), fresh_state(frames[0])
    count = 0
    for step, frame in enumerate(frames):
        native = pixel_array_step(config, ours, frame, t0_us=step * STEP_US, length_us=STEP_US)
        twin = pixel_array_step_ref(config, twins, frame, t0_us=step * STEP_US, length_us=STEP_US)
        assert np.array_equal(np.sort(native), np.sort(twin))
        count += len(twin)

    def run() -> None:
        state = fresh_state(frames[0])
        for step, frame in enumerate(frames):
            pixel_array_step_ref(config, state, frame, t0_us=step * STEP_US, length_us=STEP_US)

    return compare({"twin": run}, events=count, rounds=3)["twin"]


def fresh_state(frame: np.ndarray) -> PixelArrayState:
    """Give pixels adapted to a frame, with 3 % mismatch."""
    mismatch = np.random.default_rng(0).normal(1, 0.03, frame.shape).astype(np.float32)
    return PixelArrayState(frame.copy(), frame.copy(), np.zeros(frame.shape, np.int64), mismatch)


if __name__ == "__main__":
    main()
