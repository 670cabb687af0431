"""Types of the private bindings of the Speck twin."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Triple = tuple[int, int, int]

class LayerSpec:
    def __init__(
        self,
        *,
        input: Triple,
        output: Triple,
        kernel_stride_padding: Triple,
        threshold: int,
        threshold_low: int,
        reset_to_zero: bool,
        monitored: bool,
        weights: npt.NDArray[np.int8],
        biases: npt.NDArray[np.int8],
        destinations: Sequence[Triple],
    ) -> None: ...

class Twin:
    def __init__(self, layers: Sequence[LayerSpec], inputs: Sequence[Triple]) -> None: ...
    def feed(
        self,
        words: npt.NDArray[np.int64],
        t0_us: int,
        columns: npt.NDArray[np.int16],
        rows: npt.NDArray[np.int16],
        features: Sequence[int],
    ) -> int: ...
    def inject(self, spikes: npt.NDArray[Any]) -> None: ...
    def take(self) -> npt.NDArray[Any]: ...
    def reset(self) -> None: ...
    def set_congestion(self, synops_per_us: float, queue_us: float) -> None: ...
    def set_slow_clock(self, period_us: int) -> None: ...
    def set_output_limit(self, spikes: int) -> None: ...
    def counters(self, layer: int) -> tuple[int, int, int, int, int]: ...
    def states(self, layer: int) -> npt.NDArray[np.int16]: ...
    @property
    def lost_outputs(self) -> int: ...
    @property
    def skipped_ticks(self) -> int: ...

class StandInSpike:
    layer: int
    feature: int
    y: int
    x: int
    timestamp: int
    def __init__(self) -> None: ...
