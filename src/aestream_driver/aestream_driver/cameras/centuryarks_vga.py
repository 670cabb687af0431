"""CenturyArks SilkyEvCam VGA (Prophesee Gen 3.1)."""

from dataclasses import dataclass
from typing import Any

from aestream_core.config import setting, validate
from aestream_driver.cameras.base import CameraModel
from aestream_driver.cameras.library import neuromorphic_drivers
from aestream_driver.cameras.masks import rate_limiter, region_masks
from aestream_driver.cameras.pixels import parse_region

WIDTH, HEIGHT = 640, 480


@dataclass(frozen=True)
class SilkyEvCamVgaSettings:
    """What can be set on a SilkyEvCam VGA. Biases are the chip's own values; `diff` stays at 296."""

    bias_diff_on: int = setting(
        384, "contrast threshold of on events; more is less sensitive", bounds=(374, 499), live=True
    )
    bias_diff_off: int = setting(
        222, "contrast threshold of off events; less is less sensitive", bounds=(100, 234), live=True
    )
    bias_fo: int = setting(
        1477, "low-pass filter; the lower, the faster are the changes it passes", bounds=(1250, 1800), live=True
    )
    bias_hpf: int = setting(1499, "high-pass filter; less removes slow changes", bounds=(900, 1800), live=True)
    bias_pr: int = setting(1250, "photoreceptor", bounds=(0, 1800), live=True)
    bias_refr: int = setting(1500, "refractory period", bounds=(1300, 1800), live=True)
    roi: str = setting("", "region of interest: x,y,width,height; empty for the whole sensor", unit="pixels", live=True)
    erc_max_events: int = setting(
        0,
        "events that the camera passes in each erc_period_us, the rest is dropped in it; 0 for all",
        bounds=(0, 2**22 - 1),
    )
    erc_period_us: int = setting(200, "period of the event rate controller", unit="us", bounds=(1, 200))

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)
        parse_region("roi", self.roi, width=WIDTH, height=HEIGHT)


def configure(settings: SilkyEvCamVgaSettings) -> Any:
    """Make the library's configuration."""
    vga = neuromorphic_drivers().centuryarks_vga
    return vga.Configuration(
        biases=vga.Biases(
            diff_on=settings.bias_diff_on,
            diff_off=settings.bias_diff_off,
            fo=settings.bias_fo,
            hpf=settings.bias_hpf,
            pr=settings.bias_pr,
            refr=settings.bias_refr,
        ),
        **region_masks(parse_region("roi", settings.roi, width=WIDTH, height=HEIGHT), width=WIDTH, height=HEIGHT),
        rate_limiter=rate_limiter(vga, settings.erc_period_us, settings.erc_max_events),
    )


MODEL = CameraModel(
    name="centuryarks_vga",
    title="CenturyArks VGA",
    library="neuromorphic_drivers",
    width=WIDTH,
    height=HEIGHT,
    settings=SilkyEvCamVgaSettings,
    configure=configure,
    evt3=True,
    delivers=("events", "triggers"),
)
