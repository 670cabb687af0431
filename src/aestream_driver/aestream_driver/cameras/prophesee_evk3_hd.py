"""Prophesee EVK3 HD (Gen 4.1)."""

from dataclasses import dataclass
from typing import Any

from aestream_core.config import setting, validate
from aestream_driver.cameras.base import CameraModel
from aestream_driver.cameras.library import neuromorphic_drivers
from aestream_driver.cameras.masks import rate_limiter, region_masks
from aestream_driver.cameras.pixels import parse_region

WIDTH, HEIGHT = 1280, 720


@dataclass(frozen=True)
class EVK3Settings:
    """What can be set on an EVK3 HD. Biases are the chip's own values; `diff`, between on and off, stays at 80."""

    bias_diff_on: int = setting(
        115, "contrast threshold of on events; more is less sensitive", bounds=(95, 140), live=True
    )
    bias_diff_off: int = setting(
        52, "contrast threshold of off events; less is less sensitive", bounds=(25, 65), live=True
    )
    bias_fo: int = setting(
        74, "low-pass filter; the lower, the faster are the changes it passes", bounds=(45, 110), live=True
    )
    bias_hpf: int = setting(0, "high-pass filter; more removes slow changes", bounds=(0, 120), live=True)
    bias_refr: int = setting(68, "refractory period; more is a shorter dead time", bounds=(30, 100), live=True)
    roi: str = setting("", "region of interest: x,y,width,height; empty for the whole sensor", unit="pixels", live=True)
    erc_max_events: int = setting(
        0,
        "events that the chip passes in each erc_period_us, the rest is dropped in it; 0 for all",
        bounds=(0, 2**22 - 1),
    )
    erc_period_us: int = setting(200, "period of the event rate controller", unit="us", bounds=(1, 200))

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)
        parse_region("roi", self.roi, width=WIDTH, height=HEIGHT)


def configure(settings: EVK3Settings) -> Any:
    """Make the library's configuration."""
    evk3 = neuromorphic_drivers().prophesee_evk3_hd
    return evk3.Configuration(
        biases=evk3.Biases(
            diff_on=settings.bias_diff_on,
            diff_off=settings.bias_diff_off,
            fo_p=settings.bias_fo,
            hpf=settings.bias_hpf,
            refr=settings.bias_refr,
        ),
        **region_masks(parse_region("roi", settings.roi, width=WIDTH, height=HEIGHT), width=WIDTH, height=HEIGHT),
        rate_limiter=rate_limiter(evk3, settings.erc_period_us, settings.erc_max_events),
    )


MODEL = CameraModel(
    name="prophesee_evk3_hd",
    title="Prophesee EVK3 HD",
    library="neuromorphic_drivers",
    width=WIDTH,
    height=HEIGHT,
    settings=EVK3Settings,
    configure=configure,
    evt3=True,
    delivers=("events", "triggers"),
)
