"""What runs packets, whatever it runs on, and which one for which device."""

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch

from aestream_core.events import Events
from aestream_snn.ssm.device import DeviceEngine
from aestream_snn.ssm.engine import StreamingEngine
from aestream_snn.ssm.model import EventSSM

Scores = npt.NDArray[np.float32]


class PacketEngine(Protocol):
    """`StreamingEngine` and `DeviceEngine`: the same calls, each with a state of its own."""

    def start(self) -> Any:
        """Give the state before the first event."""

    def push(self, packet: Events, state: Any) -> tuple[Scores, Any]:
        """Take a packet in; give (classes,) scores and the state, which is changed in place."""

    def push_tokens(self, tokens: npt.ArrayLike, ticks: npt.ArrayLike, state: Any) -> tuple[Scores, Any]:
        """Take (N,) tokens with their (N,) times in ticks in."""

    def scores(self, state: Any) -> Scores:
        """Score all events so far."""

    def remember(self, forget_ms: float) -> None:
        """Let the readout forget to 1/e in that time, from the next packet on; 0 is never."""


def make_engine(
    model: EventSSM, *, device: torch.device, forget_ms: float = 0.0, cells: tuple[int, int] | None = None
) -> PacketEngine:
    """Make the engine of a device: in C++ on a CPU, layer by layer on a GPU; arguments are those of the engines.

    Raises:
        InvalidArgumentError: as the engines do.
    """
    if device.type == "cpu":
        return StreamingEngine(model, forget_ms=forget_ms, cells=cells)
    return DeviceEngine(model, device=device, forget_ms=forget_ms, cells=cells)
