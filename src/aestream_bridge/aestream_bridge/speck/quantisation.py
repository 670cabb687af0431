"""From floats to the integers of the chip: weights and biases in 8 bits, thresholds and states in 16.

One factor a layer scales weights, biases, thresholds and states together, which changes nothing but the unit; then all
are rounded to the nearest integer, halves to even. Rule of sinabs 3.1.
"""

from dataclasses import dataclass, replace

import numpy as np

from aestream_bridge.speck.errors import PlanError, Violation
from aestream_bridge.speck.network import LOWEST, Array, Layer, Network


@dataclass(frozen=True, eq=False)
class Quantised:
    """A network in integers.

    Attributes:
        network: weights and biases int8, thresholds whole.
        scales: factor of every layer by its name; 1 where it was in integers before.
        warnings: what may work worse than in floats, a line each.
    """

    network: Network
    scales: dict[str, float]
    warnings: tuple[str, ...]


def quantise(network: Network) -> Quantised:
    """Scale and round every layer that is not in integers already.

    Raises:
        PlanError: a layer's threshold is 0 or less, so that there is no scale.
    """
    scales = {layer.name: _scale(layer) for layer in network.layers}
    layers = tuple(_rounded(layer, scales[layer.name]) for layer in network.layers)
    warnings = tuple(line for layer in layers for line in _warnings(layer))
    return Quantised(replace(network, layers=layers), scales, warnings)


def _scale(layer: Layer) -> float:
    if layer.quantised:
        return 1.0
    if not layer.threshold > 0:
        said = f"its threshold is {layer.threshold:g}; it must be more than 0"
        raise PlanError([Violation(layer.name, "threshold", f"layer {layer.name!r}: threshold: {said}")])
    tops: list[tuple[int, Array]] = [(127, layer.weights), (32767, np.array(layer.threshold))]
    if layer.biases is not None:
        tops.append((127, layer.biases))
    if layer.threshold_low is not None:
        tops.append((32767, np.array(layer.threshold_low)))
    return float(min(top / largest for top, values in tops if (largest := np.abs(values).max()) > 0))


def _rounded(layer: Layer, scale: float) -> Layer:
    low = LOWEST if layer.threshold_low is None else max(LOWEST, int(np.rint(layer.threshold_low * scale)))
    if layer.quantised:
        return replace(layer, threshold_low=low)
    return replace(
        layer,
        weights=_to_int8(layer.weights, scale),
        biases=None if layer.biases is None else _to_int8(layer.biases, scale),
        threshold=int(np.rint(layer.threshold * scale)),
        threshold_low=low,
    )


def _to_int8(values: Array, scale: float) -> Array:
    return np.rint(values.astype(np.float64) * scale).astype(np.int8)


def _warnings(layer: Layer) -> list[str]:
    largest = int(np.abs(layer.weights.astype(np.int64)).max())
    lines = []
    if largest >= layer.threshold:
        lines.append(
            f"layer {layer.name!r}: weights reach {largest}, the threshold is {layer.threshold:g}; a core gives one "
            "spike per input event, so strong inputs are answered late or not at all"
        )
    if layer.biases is not None and layer.biases.any():
        lines.append(f"layer {layer.name!r}: biases act as a leak at the slow clock only, not per event")
    return lines
