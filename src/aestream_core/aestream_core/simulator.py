"""The event-camera simulator: a native DVS pixel model over procedural scenes, at a requested mean event rate.

Pixels fire where log intensity has changed by a contrast threshold since their last event (Lichtsteiner, Posch and
Delbruck 2008, doi:10.1109/JSSC.2007.914337); thresholds differ from pixel to pixel, and leak and shot noise make events
without a cause in the scene (Hu, Liu and Delbruck 2021, v2e, doi:10.1109/CVPRW53098.2021.00144). Hot pixels fire on
their own. A configuration gives the same events on every machine.
"""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from aestream_core import _core
from aestream_core.config import setting, validate
from aestream_core.events import EVENT_DTYPE, Events
from aestream_core.streams import PacketStream, check_slicing

SCENES: tuple[str, ...] = tuple(_core.scene_names())
"""Names that `SimConfig.scene` may have."""


@dataclass(frozen=True)
class PixelArrayState:
    """What the pixels remember from one step to the next. Arrays are C-contiguous and changed in place.

    Attributes:
        previous: (H, W) float32, log intensity at the end of the last step.
        reference: (H, W) float32, log intensity that changes count from; NaN while the pixel is refractory.
        rearm_us: (H, W) int64, sensor time in µs at which the last refractory time ended or ends.
        mismatch: (H, W) float32, factor on both thresholds.
    """

    previous: npt.NDArray[np.float32]
    reference: npt.NDArray[np.float32]
    rearm_us: npt.NDArray[np.int64]
    mismatch: npt.NDArray[np.float32]


@dataclass(frozen=True)
class SimConfig:
    """A simulation. Raises `InvalidArgumentError` where a field is outside its bounds.

    Scenes: `bar` rotates, `disc` spins, `grating` drifts, `digits` and `shapes` fly about. How fast they move follows
    from `rate_hz`: calibrated before the first packet, then corrected by the events that were really made.
    """

    width: int = setting(640, "Columns of the sensor.", unit="px", bounds=(16, 1280))
    height: int = setting(480, "Rows of the sensor.", unit="px", bounds=(16, 720))
    scene: str = setting("shapes", "What the sensor looks at.", choices=SCENES)
    rate_hz: float = setting(10e6, "Mean events per second over the whole sensor.", unit="Hz", bounds=(1e3, 1e9))
    seed: int = setting(0, "Seed of the layout, the mismatch and the noise.", bounds=(0, 2**63 - 1))
    duration_us: int | None = setting(None, "End of the stream; endless if absent.", unit="us", bounds=(1, 1e18))
    threshold_on: float = setting(0.2, "Rise of log intensity that makes an ON event.", bounds=(0.01, 10))
    threshold_off: float = setting(0.2, "Fall of log intensity that makes an OFF event.", bounds=(0.01, 10))
    threshold_mismatch: float = setting(0.03, "Relative deviation of thresholds between pixels.", bounds=(0, 0.5))
    refractory_us: int = setting(10, "Time after an event in which a pixel is blind.", unit="us", bounds=(0, 100_000))
    leak_rate_hz: float = setting(0.1, "ON events of a still pixel through leak.", unit="Hz", bounds=(0, 10))
    shot_noise_rate_hz: float = setting(0.1, "Events of a still pixel through shot noise.", unit="Hz", bounds=(0, 100))
    hot_pixel_fraction: float = setting(2e-5, "Share of the pixels that are hot.", bounds=(0, 0.01))
    hot_pixel_rate_hz: float = setting(500.0, "ON events of a hot pixel.", unit="Hz", bounds=(0, 10_000))

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


def open_simulator(
    config: SimConfig,
    *,
    packet_us: int | None = None,
    packet_events: int | None = None,
    speed: float | None = None,
) -> PacketStream:
    """Open a simulated camera. Sensor time begins at 0; events are in order of time.

    Args:
        config: what to simulate.
        packet_us: cut packets into windows [k * packet_us, (k + 1) * packet_us); 1 to 5 ms each if absent.
        packet_events: end packets at that many events.
        speed: pace the stream, 1 is real time; as fast as it goes if absent.

    Raises:
        InvalidArgumentError: `rate_hz` is below what noise alone makes, or above what the scene can make; or a packet
            size or the speed is impossible.
    """
    check_slicing(packet_us=packet_us, packet_events=packet_events, speed=speed)
    stream = _core.open_simulator(native_config(config), packet_us, packet_events, speed)
    return PacketStream(stream, width=config.width, height=config.height)


def pixel_array_step(
    config: SimConfig, state: PixelArrayState, log_intensity: npt.NDArray[np.float32], *, t0_us: int, length_us: int
) -> npt.NDArray[np.void]:
    """Step the native pixels over a frame without noise, as `pixel_array_step_ref` does.

    Args:
        config: thresholds and refractory time; noise does not matter.
        state: the pixels; changed in place.
        log_intensity: (H, W) float32 at the end of the step, reached on a straight line from `state.previous`.
        t0_us: sensor time in µs at which the step begins.
        length_us: length of the step [t0_us, t0_us + length_us), 1 to 5120.

    Returns:
        (N,) of `EVENT_DTYPE` in order of time. A copy.
    """
    packet = _core.pixel_array_step(
        native_config(config).pixel,
        state.previous,
        state.reference,
        state.rearm_us,
        state.mismatch,
        log_intensity,
        t0_us,
        length_us,
    )
    return Events(packet).to_numpy()


def pixel_array_step_ref(
    config: SimConfig, state: PixelArrayState, log_intensity: npt.NDArray[np.float32], *, t0_us: int, length_us: int
) -> npt.NDArray[np.void]:
    """Do in NumPy what `pixel_array_step` does natively: the slow twin, and the description of the model.

    A pixel fires ON where log intensity L rises to reference + threshold, OFF where it falls to reference - threshold,
    at the µs of the crossing. It is then blind for `refractory_us`, after which L is its new reference; without a
    refractory time the level that was crossed is. Events of one µs come in no particular order.

    Args:
        config: thresholds and refractory time.
        state: the pixels; changed in place.
        log_intensity: (H, W) float32 at the end of the step, reached on a straight line from `state.previous`.
        t0_us: sensor time in µs at which the step begins.
        length_us: length of the step [t0_us, t0_us + length_us).

    Returns:
        (N,) of `EVENT_DTYPE` in order of time.
    """
    before, length = state.previous.copy(), np.float32(length_us)
    move = log_intensity - before
    us_per_level = np.divide(length, move, out=np.zeros_like(move), where=move != 0)
    rise, fall = np.float32(config.threshold_on) * state.mismatch, np.float32(config.threshold_off) * state.mismatch
    wait_us = np.maximum(state.rearm_us - t0_us, 0)
    from_us = np.where(np.isnan(state.reference), wait_us, 0).astype(np.float32)
    awake = from_us < length
    waking = np.isnan(state.reference) & awake
    state.reference[waking] = (before + (move / length) * from_us)[waking]
    rounds = []
    while True:
        change = log_intensity - state.reference
        y, x = np.nonzero(awake & ((change >= rise) | (change <= -fall)))
        if not len(y):
            break
        at = y, x
        on = change[at] > 0
        level = state.reference[at] + np.where(on, rise[at], -fall[at])
        crossing_us = np.where((move[at] > 0) == on, (level - before[at]) * us_per_level[at], 0)
        from_us[at] = np.maximum(from_us[at], crossing_us)
        events = np.empty(len(y), EVENT_DTYPE)
        events["t"] = t0_us + np.minimum(from_us[at].astype(np.int64), length_us - 1)
        events["x"], events["y"], events["p"] = x, y, on
        rounds.append(events)
        if config.refractory_us:
            from_us[at] += np.float32(config.refractory_us)
            state.rearm_us[at] = t0_us + from_us[at].astype(np.int64)
            resumed = before[at] + (move[at] / length) * from_us[at]
            level = np.where(from_us[at] < length, resumed, np.float32(np.nan))
        state.reference[at] = level
    state.previous[...] = log_intensity
    merged = np.concatenate(rounds) if rounds else np.empty(0, EVENT_DTYPE)
    return merged[np.argsort(merged["t"], kind="stable")]


def native_config(config: SimConfig) -> "_core.SimConfig":
    """Give the configuration as the native code takes it."""
    native = _core.SimConfig()
    for each in fields(config):
        owner = native if hasattr(native, each.name) else native.pixel
        setattr(owner, each.name, getattr(config, each.name))
    return native
