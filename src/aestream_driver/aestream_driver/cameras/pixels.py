"""Places on the sensor as settings write them: "x,y,width,height" for a region, "x,y x,y ..." for single pixels."""

import re
from dataclasses import dataclass

from aestream_core.errors import InvalidArgumentError


@dataclass(frozen=True)
class Region:
    """A rectangle on the sensor, in pixels, (0, 0) the left upper corner.

    Attributes:
        x: first column.
        y: first row.
        width: number of columns, 1 or more.
        height: number of rows, 1 or more.
    """

    x: int
    y: int
    width: int
    height: int


def parse_region(name: str, text: str, *, width: int, height: int) -> Region | None:
    """Read a region of a sensor of that size; None where the text is empty: the whole sensor.

    Raises:
        InvalidArgumentError: the text is no region, or the region does not lie on the sensor.
    """
    if not text.strip():
        return None
    numbers = _whole_numbers(text)
    if len(numbers) != 4 or min(numbers[2:]) < 1:
        raise InvalidArgumentError(f'{name} is {text!r}; it must be "x,y,width,height" in pixels, or empty')
    region = Region(*numbers)
    if region.x + region.width > width or region.y + region.height > height:
        raise InvalidArgumentError(f"{name} is {text!r}; it must lie within the sensor's {width}x{height} pixels")
    return region


def parse_pixels(name: str, text: str, *, most: int, width: int, height: int) -> tuple[tuple[int, int], ...]:
    """Read a list of pixels of a sensor of that size, as (x, y).

    Raises:
        InvalidArgumentError: the text is no list of pixels, there are too many, or one does not lie on the sensor.
    """
    pixels = []
    for part in text.split():
        numbers = _whole_numbers(part)
        if len(numbers) != 2:
            raise InvalidArgumentError(f'{name} has {part!r}; it must be "x,y x,y ..." in pixels, or empty')
        x, y = numbers
        if x >= width or y >= height:
            raise InvalidArgumentError(f"{name} has {part!r}, which is outside the sensor's {width}x{height} pixels")
        pixels.append((x, y))
    if len(pixels) > most:
        raise InvalidArgumentError(f"{name} has {len(pixels)} pixels; the chip can mask {most}")
    return tuple(pixels)


def _whole_numbers(text: str) -> list[int]:
    parts = text.split(",")
    if not all(re.fullmatch(r"\s*\d{1,6}\s*", part) for part in parts):
        return []
    return [int(part) for part in parts]
