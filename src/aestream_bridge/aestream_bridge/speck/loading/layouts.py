"""State dicts of known networks: a file of bare weights says nothing of strides, pooling or neurons; these rows do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from aestream_bridge.speck.network import Layer, Network, Shape, chain
from aestream_core.errors import FormatError


@dataclass(frozen=True)
class LayoutLayer:
    """One layer of a layout.

    Attributes:
        key: name of its weights in the state dict.
        shape: shape of its weights there.
        stride: stride.
        padding: padding.
        average: average-pooling behind it; the next weights are divided by the pixels it sums.
    """

    key: str
    shape: tuple[int, ...]
    stride: int = 1
    padding: int = 0
    average: int = 1


@dataclass(frozen=True)
class Layout:
    """A known network.

    Attributes:
        name: its name.
        input_shape: channels, rows, columns.
        layers: its layers.
        labels: names of the classes.
        threshold_low: low threshold, where the threshold is 1.
    """

    name: str
    input_shape: Shape
    layers: tuple[LayoutLayer, ...]
    labels: tuple[str, ...]
    threshold_low: float | None


GESTURE = Layout(
    "gesture",
    (2, 128, 128),
    (
        LayoutLayer("0.weight", (16, 2, 2, 2), stride=2),
        LayoutLayer("2.weight", (16, 16, 3, 3), padding=1, average=2),
        LayoutLayer("5.weight", (32, 16, 3, 3), padding=1, average=2),
        LayoutLayer("8.weight", (32, 32, 3, 3), padding=1, average=2),
        LayoutLayer("11.weight", (64, 32, 3, 3), padding=1, average=2),
        LayoutLayer("14.weight", (64, 64, 3, 3), padding=1, average=2),
        LayoutLayer("18.weight", (256, 64, 2, 2)),
        LayoutLayer("22.weight", (128, 256)),
        LayoutLayer("24.weight", (11, 128)),
    ),
    (
        "hand clap",
        "right hand wave",
        "left hand wave",
        "right arm clockwise",
        "right arm counter-clockwise",
        "left arm clockwise",
        "left arm counter-clockwise",
        "arm roll",
        "air drums",
        "air guitar",
        "other",
    ),
    -1.0,
)
"""The network of sinabs's DVS-Gesture example (Apache-2.0): nine convolutions on nine cores."""

LAYOUTS = (GESTURE,)


def from_state_dict(state: Mapping[str, Any]) -> Network:
    """Make the network that a state dict is of, if its layout is known. Copies the weights.

    Raises:
        FormatError: no layout has these names and shapes.
    """
    for layout in LAYOUTS:
        if all(key.key in state and tuple(state[key.key].shape) == key.shape for key in layout.layers):
            return _network(layout, state)
    names = ", ".join(layout.name for layout in LAYOUTS)
    raise FormatError(
        f"a state dict of {len(state)} tensors is of no known layout ({names}); bare weights do not say how layers are "
        "connected: make the network with from_torch(model, ...) and write it with save_network"
    )


def _network(layout: Layout, state: Mapping[str, Any]) -> Network:
    layers: list[Layer] = []
    gain = 1.0
    for row in layout.layers:
        weights = np.array(state[row.key].detach().cpu().numpy(), np.float64) * gain
        weights = weights.reshape(*row.shape, *(1,) * (4 - len(row.shape)))
        low = layout.threshold_low
        layers.append(Layer(f"conv{len(layers)}", weights, None, row.stride, row.padding, 1.0, low))
        gain = 1.0 / row.average**2
    poolings = [row.average for row in layout.layers[:-1]]
    return Network(layout.name, layout.input_shape, chain(layers, poolings), labels=layout.labels)
