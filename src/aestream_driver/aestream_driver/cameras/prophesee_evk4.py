"""Prophesee EVK4 (IMX636), and the cameras that are one inside: SilkyEvCam HD, IDS uEye XCP-E."""

from dataclasses import dataclass
from typing import Any

from aestream_core.config import setting, validate
from aestream_driver.cameras.base import CameraModel
from aestream_driver.cameras.library import neuromorphic_drivers
from aestream_driver.cameras.masks import rate_limiter, region_masks
from aestream_driver.cameras.pixels import parse_pixels, parse_region

WIDTH, HEIGHT = 1280, 720
MASKED_PIXELS = 64
CLOCKS = {"standalone": "INTERNAL", "primary": "INTERNAL_WITH_OUTPUT_ENABLED", "secondary": "EXTERNAL"}
"""What the library calls the roles of `sync`."""


@dataclass(frozen=True)
class EVK4Settings:
    """What can be set on an EVK4. Biases count from the factory's values, 0, as Prophesee's own tools do."""

    bias_diff_on: int = setting(
        0, "contrast threshold of on events; more is less sensitive", bounds=(-85, 140), live=True
    )
    bias_diff_off: int = setting(
        0, "contrast threshold of off events; more is less sensitive", bounds=(-35, 190), live=True
    )
    bias_fo: int = setting(0, "low-pass filter; more passes faster changes", bounds=(-35, 55), live=True)
    bias_hpf: int = setting(0, "high-pass filter; more removes slow changes", bounds=(0, 120), live=True)
    bias_refr: int = setting(0, "refractory period; more is a shorter dead time", bounds=(-20, 235), live=True)
    roi: str = setting("", "region of interest: x,y,width,height; empty for the whole sensor", unit="pixels", live=True)
    masked_pixels: str = setting(
        "", "pixels to silence, at most 64: x,y x,y ...; empty for none", unit="pixels", live=True
    )
    erc_max_events: int = setting(
        0,
        "events that the chip passes in each erc_period_us, the rest is dropped in it; 0 for all",
        bounds=(0, 2**22 - 1),
    )
    erc_period_us: int = setting(200, "period of the event rate controller", unit="us", bounds=(1, 200))
    trigger_in: bool = setting(True, "report edges of the trigger input")
    sync: str = setting(
        "standalone", "clock: own; own and given out to others; or taken from a primary", choices=tuple(CLOCKS)
    )

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)
        parse_region("roi", self.roi, width=WIDTH, height=HEIGHT)
        parse_pixels("masked_pixels", self.masked_pixels, most=MASKED_PIXELS, width=WIDTH, height=HEIGHT)


def configure(settings: EVK4Settings) -> Any:
    """Make the library's configuration."""
    library = neuromorphic_drivers()
    evk4 = library.prophesee_evk4
    pixels = library.PropheseeEvk4PixelMask()
    masked = parse_pixels("masked_pixels", settings.masked_pixels, most=MASKED_PIXELS, width=WIDTH, height=HEIGHT)
    for index, (x, y) in enumerate(masked):
        pixels.set(index, x, y)
    return evk4.Configuration(
        biases=evk4.Biases(
            diff_on=settings.bias_diff_on,
            diff_off=settings.bias_diff_off,
            fo=settings.bias_fo,
            hpf=settings.bias_hpf,
            refr=settings.bias_refr,
        ),
        **region_masks(parse_region("roi", settings.roi, width=WIDTH, height=HEIGHT), width=WIDTH, height=HEIGHT),
        pixel_mask=pixels.pixel_mask(),
        enable_external_trigger=settings.trigger_in,
        clock=evk4.Clock[CLOCKS[settings.sync]],
        rate_limiter=rate_limiter(evk4, settings.erc_period_us, settings.erc_max_events),
    )


MODEL = CameraModel(
    name="prophesee_evk4",
    title="Prophesee EVK4",
    library="neuromorphic_drivers",
    width=WIDTH,
    height=HEIGHT,
    settings=EVK4Settings,
    configure=configure,
    evt3=True,
    delivers=("events", "triggers"),
)
