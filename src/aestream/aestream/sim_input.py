"""The simulator as an input of Python programs."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from aestream.inputs import Input
from aestream_core.errors import UnknownNameError
from aestream_core.simulator import SimConfig, open_simulator


class SimInput(Input):
    """The simulated camera. Equal settings give equal events."""

    def __init__(
        self,
        *,
        speed: float | None = None,
        packet_us: int = 1000,
        device: str = "auto",
        filters: Sequence[str] = (),
        **settings: Any,
    ) -> None:
        """Start a simulation.

        Args:
            speed: playback speed, 1 is real time; None is as fast as possible.
            packet_us: sensor time in µs that one packet spans at most.
            device: device of torch tensors: auto (the first GPU, or the CPU where there is none), cpu, cuda or cuda:N.
            filters: what events go through first, such as ("hot_pixels", "refractory:500"); see `aestream.filters`.
            settings: fields of `aestream_core.simulator.SimConfig`: width, height, scene, rate_hz, seed, duration_us,
                ... Without duration_us the simulation does not end.

        Raises:
            UnknownNameError: there is no such setting; lists those that there are.
            InvalidArgumentError: a setting has a value that is not allowed.
        """
        known = tuple(each.name for each in fields(SimConfig))
        for name in settings:
            if name not in known:
                raise UnknownNameError("simulator setting", name, known)
        stream = open_simulator(SimConfig(**settings), packet_us=packet_us, speed=speed)
        super().__init__(stream, device=device, filters=filters)
