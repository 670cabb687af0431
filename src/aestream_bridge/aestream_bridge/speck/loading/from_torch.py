"""Networks from a `torch.nn.Sequential`: ours, sinabs's or a plain one. Knows modules by their attributes only.

| module | becomes |
|---|---|
| Conv2d, Linear | a layer; Linear a convolution over all of its input |
| BatchNorm2d | merged into the convolution before it |
| one with `spike_threshold` or `threshold`, ReLU | the neurons: threshold, `min_v_mem` or `v_min` as low threshold |
| AvgPool2d | sum-pooling, the next weights divided by the pixels summed |
| SumPool2d, or LPPool2d with norm 1 | sum-pooling |
| Dropout, Flatten, Identity | nothing |
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from aestream_bridge.speck.network import Array, Destination, Layer, Network, Shape, chain
from aestream_bridge.speck.shapes import output_shape
from aestream_core.errors import InvalidArgumentError


@dataclass
class _Draft:
    """Layers so far, the pooling before each, and what stands between the last of them and the next."""

    shape: Shape
    layers: list[Layer] = field(default_factory=list)
    poolings: list[int] = field(default_factory=list)
    pooling: int = 1
    gain: float = 1.0

    def add(self, layer: Layer) -> None:
        self.poolings.append(self.pooling)
        layer = replace(layer, weights=layer.weights * self.gain)
        self.pooling, self.gain = 1, 1.0
        self.layers.append(layer)
        self.shape = output_shape(layer, self.shape)

    def change(self, **values: Any) -> None:
        if not self.layers:
            raise InvalidArgumentError("a network must begin with Conv2d or Linear")
        self.layers[-1] = replace(self.layers[-1], **values)


def from_torch(
    modules: Iterable[Any],
    *,
    input_shape: Shape,
    name: str = "network",
    labels: tuple[str, ...] = (),
    relu_low: float | None = None,
) -> Network:
    """Make a network from the modules of a Sequential, in their order. Copies the weights.

    Args:
        modules: the Sequential, or its modules.
        input_shape: channels, rows, columns of the input.
        name: name of the network.
        labels: names of the classes.
        relu_low: low threshold of the neurons that a ReLU becomes; None for the chip's lowest.

    Raises:
        InvalidArgumentError: a module is not known, or its settings are none that a chip could have.
    """
    draft = _Draft(input_shape)
    for index, module in enumerate(modules):
        kind = type(module).__name__
        if kind in _READERS:
            _READERS[kind](draft, module, str(index))
        elif hasattr(module, "spike_threshold") or hasattr(module, "threshold"):
            _neurons(draft, module)
        elif kind == "ReLU":
            draft.change(threshold_low=relu_low)
        elif kind not in _NOTHING:
            known = ", ".join(sorted([*_READERS, *_NOTHING, "ReLU"]))
            raise InvalidArgumentError(f"module {index} is a {kind}; known are {known}, and spiking neurons")
    if not draft.layers:
        raise InvalidArgumentError("the network has no Conv2d or Linear")
    layers = chain(draft.layers, draft.poolings[1:])
    return Network(name, input_shape, layers, (Destination(layers[0].name, draft.poolings[0]),), labels)


def _convolution(draft: _Draft, module: Any, name: str) -> None:
    stride, padding = _single(module.stride, "stride", name), _single(module.padding, "padding", name)
    if _single(module.dilation, "dilation", name) != 1 or module.groups != 1:
        raise InvalidArgumentError(f"module {name}: dilation and groups must be 1")
    layer = Layer(_name(draft), _array(module.weight), _bias(module), stride=stride, padding=padding)
    draft.shape = _pooled(draft)
    draft.add(layer)


def _linear(draft: _Draft, module: Any, name: str) -> None:
    draft.shape = _pooled(draft)
    weights = _array(module.weight)
    if weights.shape[1] != np.prod(draft.shape):
        size = "x".join(map(str, draft.shape))
        raise InvalidArgumentError(f"module {name}: Linear takes {weights.shape[1]} inputs; there are {size}")
    draft.add(Layer(_name(draft), weights.reshape(len(weights), *draft.shape), _bias(module)))


def _batch_norm(draft: _Draft, module: Any, _: str) -> None:
    factor = _array(module.weight) / np.sqrt(_array(module.running_var) + module.eps)
    last = draft.layers[-1] if draft.layers else None
    before = 0.0 if last is None or last.biases is None else last.biases
    biases = _array(module.bias) + (before - _array(module.running_mean)) * factor
    weights = None if last is None else last.weights * factor[:, None, None, None]
    draft.change(weights=weights, biases=biases)


def _average_pooling(draft: _Draft, module: Any, name: str) -> None:
    side = _pool_side(module, name)
    draft.pooling *= side
    draft.gain /= side * side


def _sum_pooling(draft: _Draft, module: Any, name: str) -> None:
    draft.pooling *= _pool_side(module, name)


def _neurons(draft: _Draft, module: Any) -> None:
    threshold = _scalar(getattr(module, "spike_threshold", None), getattr(module, "threshold", None))
    low = _scalar(getattr(module, "min_v_mem", None), getattr(module, "v_min", None))
    reset = "zero" if "Reset" in type(getattr(module, "reset_fn", None)).__name__ else "subtract"
    draft.change(threshold=threshold, threshold_low=low, reset=getattr(module, "reset", reset))


_READERS: dict[str, Callable[[_Draft, Any, str], None]] = {
    "Conv2d": _convolution,
    "Linear": _linear,
    "BatchNorm2d": _batch_norm,
    "AvgPool2d": _average_pooling,
    "SumPool2d": _sum_pooling,
    "LPPool2d": _sum_pooling,
}
_NOTHING = ("Dropout", "Dropout2d", "Flatten", "Identity")


def _name(draft: _Draft) -> str:
    return f"layer{len(draft.layers)}"


def _pooled(draft: _Draft) -> Shape:
    channels, height, width = draft.shape
    return channels, height // draft.pooling, width // draft.pooling


def _array(tensor: Any) -> Array:
    return np.array(tensor.detach().cpu().numpy(), np.float64)


def _bias(module: Any) -> Array | None:
    return None if module.bias is None else _array(module.bias)


def _scalar(*values: Any) -> Any:
    found = [value for value in values if value is not None]
    return float(found[0]) if found else None


def _single(value: Any, what: str, name: str) -> int:
    sides = value if isinstance(value, tuple) else (value,)
    if len(set(sides)) != 1 or not isinstance(sides[0], int):
        raise InvalidArgumentError(f"module {name}: {what} is {value!r}; it must be one number for both axes")
    return sides[0]


def _pool_side(module: Any, name: str) -> int:
    side = _single(module.kernel_size, "kernel_size", name)
    if _single(module.stride, "stride", name) != side:
        raise InvalidArgumentError(f"module {name}: stride is {module.stride!r}; it must be the pooling's size, {side}")
    return side
