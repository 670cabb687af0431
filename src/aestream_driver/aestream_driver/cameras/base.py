"""What a camera model is: one row of `aestream_driver.cameras.table`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Library = Literal["neuromorphic_drivers", "dv_processing"]
Delivery = Literal["events", "triggers", "imu", "frames"]

READ_TIMEOUT_S = 0.1
"""Longest wait for data: how soon a reader notices that it is to end."""


@dataclass(frozen=True)
class CameraModel:
    """A camera model.

    Attributes:
        name: value of the parameter `camera`.
        title: what people, and the library, call it.
        library: who talks to it.
        width: sensor width in pixels; 0 where only the opened camera knows.
        height: sensor height in pixels; 0 where only the opened camera knows.
        settings: frozen configuration class of what can be set on it.
        configure: turns settings into what `library` takes.
        evt3: whether the library gives undecoded EVT3 words; decoded events otherwise.
        delivers: what comes out of it.
    """

    name: str
    title: str
    library: Library
    width: int
    height: int
    settings: type[Any]
    configure: Callable[[Any], Any]
    evt3: bool
    delivers: tuple[Delivery, ...]
