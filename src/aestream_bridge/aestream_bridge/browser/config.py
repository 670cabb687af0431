"""How events are shown in browsers."""

from dataclasses import dataclass

from aestream_core.config import setting, validate


@dataclass(frozen=True)
class BrowserConfig:
    """What the server sends at most."""

    rate_hz: float = setting(30.0, "frames a second at most", unit="Hz", bounds=(0.5, 120.0))
    frame_events: int = setting(
        20_000, "events in one frame at most; what is more is thinned out evenly and counted", bounds=(1, 1_000_000)
    )
    clients: int = setting(8, "browsers at a time; more are refused", bounds=(1, 256))

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)
