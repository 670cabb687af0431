"""Configuration of the accumulator: one field a ROS parameter."""

from dataclasses import dataclass

from aestream_core.config import setting, validate
from aestream_core.transports.names import TRANSPORTS
from aestream_gpu.render import COLOUR_MAPS
from aestream_gpu.surfaces.table import SURFACES, parse_surface


@dataclass(frozen=True)
class AccumulatorConfig:
    """How events become tensors."""

    device: str = setting("auto", "where to accumulate: auto, cpu, cuda or cuda:N")
    surface: str = setting(
        "count",
        f"what to accumulate: {', '.join(SURFACES)}; settings may stand behind a colon, as in voxel_grid:bins=5",
        live=True,
    )
    surface_options: str = setting("", "settings of the surface, as in bins=5,signed=true", live=True)
    filters: tuple[str, ...] = setting((), "filters before the surface, in order, as in refractory:300", live=True)
    window_us: int = setting(10_000, "sensor time of one tensor", unit="us", bounds=(100, 10_000_000), live=True)
    window_events: int = setting(
        0, "events of one tensor; 0 cuts by window_us instead", bounds=(0, 100_000_000), live=True
    )
    image_rate_hz: float = setting(
        30.0, "pictures a second at most, and only while watched", unit="Hz", bounds=(0.1, 240.0), live=True
    )
    colour_map: str = setting("polarity", "colours of the pictures", choices=tuple(COLOUR_MAPS), live=True)
    queue_limit_bytes: int = setting(
        64_000_000,
        "bytes of events that may wait; more are dropped and counted",
        unit="B",
        bounds=(1_000_000, 4_000_000_000),
    )
    idle_flush_s: float = setting(
        0.5, "host time without events after which an open window is finished", unit="s", bounds=(0.01, 60.0), live=True
    )
    torch_threads: int = setting(
        1, "threads of torch in this process; more slow small tensors down; 0 leaves them as they are", bounds=(0, 256)
    )
    frame_id: str = setting("event_camera", "frame of the sensor in message headers")
    reliability: str = setting(
        "best_effort", "reliability asked of the event topic", choices=("reliable", "best_effort")
    )
    transport: str = setting("dds", "how events come from other processes", choices=TRANSPORTS)

    def __post_init__(self) -> None:
        """Check every field, the surface's settings among them."""
        validate(self)
        parse_surface(self.surface, self.surface_options)
