"""What Prophesee's chips take in place of a region: masks of columns and rows, and lists of single pixels."""

from typing import Any

from aestream_driver.cameras.library import neuromorphic_drivers
from aestream_driver.cameras.pixels import Region

Masks = dict[str, Any]
"""Fields `x_mask`, `y_mask` and `mask_intersection_only` of a configuration of neuromorphic_drivers."""


def region_masks(region: Region | None, *, width: int, height: int) -> Masks:
    """Mask the columns and rows outside a region: a pixel is silent where its column or its row is masked."""
    if region is None:
        return {}
    mask = neuromorphic_drivers().RowColumnMask(width=width, height=height, set=True)
    mask.clear_rectangle(x=region.x, y=region.y, width=region.width, height=region.height)
    return {"x_mask": mask.x_mask(), "y_mask": mask.y_mask(), "mask_intersection_only": False}


def rate_limiter(module: Any, period_us: int, max_events: int) -> Any:
    """Make a limiter of the event rate; None where `max_events` is 0."""
    if max_events == 0:
        return None
    return module.RateLimiter(reference_period_us=period_us, maximum_events_per_period=max_events)
