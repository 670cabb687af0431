"""iniVation DAVIS346: events, frames of the same pixels, and inertial measurements."""

from dataclasses import dataclass
from typing import Any

from aestream_core.config import setting, validate
from aestream_driver.cameras.base import CameraModel
from aestream_driver.cameras.library import neuromorphic_drivers
from aestream_driver.cameras.pixels import Region, parse_pixels, parse_region

WIDTH, HEIGHT = 346, 260
MASKED_PIXELS = 8
POLARITIES = {"both": "DISABLED", "flat": "FLATTEN", "off": "MASK_ON", "on": "MASK_OFF"}
"""What the library calls the choices of `polarity`: it names what is filtered out."""

_BIAS = (0, 2040)


@dataclass(frozen=True)
class Davis346Settings:
    """What can be set on a DAVIS346. Biases are the library's: one number for a bias's coarse and fine current."""

    bias_diff: int = setting(1063, "DiffBn, of the change amplifier", bounds=_BIAS, live=True)
    bias_on: int = setting(1564, "OnBn, threshold of on events", bounds=_BIAS, live=True)
    bias_off: int = setting(583, "OffBn, threshold of off events", bounds=_BIAS, live=True)
    bias_pr: int = setting(575, "PrBp, bandwidth of the photoreceptor", bounds=_BIAS, live=True)
    bias_prsf: int = setting(153, "PrSFBp, bandwidth of the follower behind it", bounds=_BIAS, live=True)
    bias_refr: int = setting(993, "RefrBp, refractory period", bounds=_BIAS, live=True)
    roi: str = setting("", "region of interest: x,y,width,height; empty for the whole sensor", unit="pixels", live=True)
    masked_pixels: str = setting(
        "", "pixels to silence, at most 8: x,y x,y ...; empty for none", unit="pixels", live=True
    )
    isolated_filter: bool = setting(True, "the camera drops events without a neighbour", live=True)
    isolated_tau: int = setting(8, "how long a neighbour counts, in steps of 250 us", bounds=(0, 4095), live=True)
    refractory_filter: bool = setting(False, "the camera drops events soon after one of the same pixel", live=True)
    refractory_tau: int = setting(1, "how soon, in steps of 250 us", bounds=(0, 4095), live=True)
    skip_events_every: int = setting(0, "the camera drops one event in so many; 0 for none", bounds=(0, 255), live=True)
    polarity: str = setting(
        "both", "events that the camera sends; flat makes all of them on", choices=tuple(POLARITIES), live=True
    )
    exposure_us: int = setting(4000, "exposure of frames", unit="us", bounds=(1, 1_000_000), live=True)
    frame_interval_us: int = setting(
        40_000, "time from one frame to the next", unit="us", bounds=(1, 10_000_000), live=True
    )

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)
        parse_region("roi", self.roi, width=WIDTH, height=HEIGHT)
        parse_pixels("masked_pixels", self.masked_pixels, most=MASKED_PIXELS, width=WIDTH, height=HEIGHT)


def configure(settings: Davis346Settings) -> Any:
    """Make the library's configuration."""
    davis = neuromorphic_drivers().inivation_davis346
    return davis.Configuration(
        biases=davis.Biases(
            diffbn=settings.bias_diff,
            onbn=settings.bias_on,
            offbn=settings.bias_off,
            prbp=settings.bias_pr,
            prsfbp=settings.bias_prsf,
            refrbp=settings.bias_refr,
        ),
        region_of_interest=_region(davis, settings),
        pixel_mask=_pixel_mask(settings),
        activity_filter=davis.ActivityFilter(
            mask_isolated_enable=settings.isolated_filter,
            mask_isolated_tau=settings.isolated_tau,
            refractory_period_enable=settings.refractory_filter,
            refractory_period_tau=settings.refractory_tau,
        ),
        skip_events_every=settings.skip_events_every,
        polarity_filter=davis.PolarityFilter[POLARITIES[settings.polarity]],
        exposure_us=settings.exposure_us,
        frame_interval_us=settings.frame_interval_us,
    )


def _region(davis: Any, settings: Davis346Settings) -> Any:
    region = parse_region("roi", settings.roi, width=WIDTH, height=HEIGHT) or Region(0, 0, WIDTH, HEIGHT)
    return davis.RegionOfInterest(left=region.x, top=region.y, width=region.width, height=region.height)


def _pixel_mask(settings: Davis346Settings) -> tuple[int, ...]:
    masked = parse_pixels("masked_pixels", settings.masked_pixels, most=MASKED_PIXELS, width=WIDTH, height=HEIGHT)
    codes = [1 + x + y * WIDTH for x, y in masked]
    return tuple(codes + [0] * (MASKED_PIXELS - len(codes)))


MODEL = CameraModel(
    name="inivation_davis346",
    title="iniVation DAVIS 346",
    library="neuromorphic_drivers",
    width=WIDTH,
    height=HEIGHT,
    settings=Davis346Settings,
    configure=configure,
    evt3=False,
    delivers=("events", "triggers", "imu", "frames"),
)
