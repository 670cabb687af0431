"""The suite's own file for networks: safetensors, with the connections as JSON in its metadata. Never pickle.

Tensors are named `<layer>.weights` and `<layer>.biases`; the metadata entry `aestream_speck` holds everything else.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from aestream_bridge.speck.network import Destination, Layer, Network
from aestream_core.errors import FormatError, InvalidArgumentError, MissingDependencyError

KEY = "aestream_speck"
_VERSION = 1


def save_network(network: Network, path: str | Path) -> None:
    """Write a network, floats as float32 and integers as int8.

    Raises:
        MissingDependencyError: safetensors is not installed.
    """
    tensors = {}
    for layer in network.layers:
        tensors[f"{layer.name}.weights"] = _stored(layer.weights)
        if layer.biases is not None:
            tensors[f"{layer.name}.biases"] = _stored(layer.biases)
    _safetensors().save_file(tensors, str(path), metadata={KEY: json.dumps(_described(network))})


def load_exchange(path: str | Path) -> Network:
    """Read a network that `save_network` wrote.

    Raises:
        FormatError: it is not such a file, or is damaged.
        MissingDependencyError: safetensors is not installed.
    """
    module = _safetensors()
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="numpy") as file:
            metadata = file.metadata() or {}
        tensors = module.load_file(str(path))
    except (SafetensorError, OSError) as error:
        raise FormatError(f"{path} is not a readable safetensors file: {error}") from None
    if KEY not in metadata:
        raise FormatError(f"{path} has no metadata {KEY!r}; it must be written by save_network")
    return _restored(path, metadata[KEY], tensors)


def _described(network: Network) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "name": network.name,
        "input_shape": list(network.input_shape),
        "labels": list(network.labels),
        "inputs": [vars(to) for to in network.inputs],
        "layers": [_layer_described(layer) for layer in network.layers],
    }


def _layer_described(layer: Layer) -> dict[str, Any]:
    names = ("name", "stride", "padding", "threshold", "threshold_low", "reset")
    return {name: getattr(layer, name) for name in names} | {"destinations": [vars(to) for to in layer.destinations]}


def _restored(path: str | Path, text: str, tensors: dict[str, Any]) -> Network:
    try:
        said = json.loads(text)
        if said["version"] != _VERSION:
            raise FormatError(f"{path} has version {said['version']!r}; it must be {_VERSION}")
        layers = tuple(_layer(each, tensors) for each in said["layers"])
        inputs = _destinations(said["inputs"])
        return Network(said["name"], tuple(said["input_shape"]), layers, inputs, tuple(said["labels"]))
    except InvalidArgumentError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FormatError(f"{path}: its description of the network is damaged: {error!r}") from None


def _layer(said: dict[str, Any], tensors: dict[str, Any]) -> Layer:
    said = dict(said)
    destinations = _destinations(said.pop("destinations"))
    name = said["name"]
    weights, biases = tensors[f"{name}.weights"], tensors.get(f"{name}.biases")
    return Layer(weights=weights, biases=biases, destinations=destinations, **said)


def _destinations(said: list[dict[str, Any]]) -> tuple[Destination, ...]:
    return tuple(Destination(**each) for each in said)


def _stored(values: Any) -> Any:
    kind = np.int8 if np.issubdtype(values.dtype, np.integer) else np.float32
    return np.ascontiguousarray(values, kind)


def _safetensors() -> Any:
    try:
        import safetensors.numpy
    except ImportError:
        raise MissingDependencyError("this file needs safetensors: pip install safetensors") from None
    return safetensors.numpy
