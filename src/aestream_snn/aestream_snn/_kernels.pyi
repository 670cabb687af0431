import numpy as np
import numpy.typing as npt

class Neuron:
    def __init__(
        self,
        threshold: float,
        decay: float,
        gain: float,
        min_v: float,
        multi_spike: bool,
        subtract: bool,
        surrogate: int,
        width: float,
        scale: float,
    ) -> None: ...

class Maps:
    def __init__(self, batch: int, height: int, width: int, channels: int, pool: int) -> None: ...

class Conv:
    def __init__(
        self,
        batch: int,
        height: int,
        width: int,
        channels: int,
        features: int,
        kernel: int,
        stride: int,
        padding: int,
    ) -> None: ...

class Chain:
    def __init__(self) -> None: ...
    def add(self, conv: Conv, neuron: Neuron, pool: int, weights: int, v: int, spikes: int) -> None: ...
    def step(self, frame: int, row_stride: int, column_stride: int, channel_stride: int) -> None: ...

def conv_forward(conv: Conv, input: int, weights: int, output: int) -> None: ...
def conv_weight_grad(conv: Conv, input: int, output_grad: int, weights_grad: int) -> None: ...
def count_nonzero(values: int, size: int) -> int: ...
def forward(neuron: Neuron, maps: Maps, current: int, v_before: int, v_pre: int, v: int, spikes: int) -> None: ...
def backward(neuron: Neuron, maps: Maps, v_pre: int, spikes_grad: int, v_grad: int, v_pre_grad: int) -> None: ...
def count(
    words: npt.NDArray[np.int64],
    frames: npt.NDArray[np.float32],
    place: int,
    shrink: int,
    start: int,
    length: int,
) -> int: ...
