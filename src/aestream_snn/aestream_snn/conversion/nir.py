"""NIR (Pedersen et al. 2024, doi:10.1038/s41467-024-52259-9): networks to and from its graphs and files.

NIR describes neurons in continuous time, with one spike and a reset to a value. What the neurons here do beyond that
(several spikes a step, subtraction, a lower bound) stands as JSON in a node's metadata under `aestream`, which other
readers pass over; without it a node means what NIR says. Every node has its shapes: writers of other libraries that
leave them out make files that cannot be written, or read.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_snn.conversion.libraries import Part, layer_of, need_library, network_of
from aestream_snn.models.network import SpikingNetwork
from aestream_snn.neurons.config import NeuronConfig

COMMAND = "pip install nir"
KEY = "aestream"
Shape = tuple[int, ...]


def write_nir(network: SpikingNetwork, path: Path) -> None:
    """Write a file of NIR (HDF5).

    Raises:
        MissingDependencyError: nir is not installed.
    """
    need_library("nir", COMMAND).write(str(path), to_nir(network))


def read_nir(path: Path) -> SpikingNetwork:
    """Read a file of NIR.

    Raises:
        MissingDependencyError: nir is not installed.
        FormatError: the file is no NIR, or its graph is no chain of layers that there are here.
    """
    library = need_library("nir", COMMAND)
    try:
        graph = library.read(str(path), type_check=False)
    except (OSError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise FormatError(f"{path}: no NIR that can be read: {error}") from None
    try:
        return from_nir(graph)
    except (ValueError, TypeError, AttributeError) as error:
        raise FormatError(f"{path}: {error}") from None


def to_nir(network: SpikingNetwork) -> Any:
    """Make a graph: Input, then Conv2d or Flatten and Linear, IF or LIF and SumPool2d of each layer, then Output."""
    library = need_library("nir", COMMAND)
    nodes: dict[str, Any] = {"input": library.Input({"input": np.array(network.input_shape)})}
    shape: Shape = network.input_shape
    for number, part in enumerate(network.parts()):
        for kind, node, after in _nodes(part, shape, library):
            nodes[f"{number}_{kind}"], shape = node, after
    nodes["output"] = library.Output({"output": np.array(shape)})
    names = list(nodes)
    return library.NIRGraph(nodes, list(pairwise(names)), metadata={}, type_check=False)


def from_nir(graph: Any) -> SpikingNetwork:
    """Make a network of a graph.

    Raises:
        InvalidArgumentError: it is no chain, or has a node that no layer here can be.
    """
    names = _chain(graph)
    nodes = [graph.nodes[name] for name in names]
    shape = np.atleast_1d(nodes[0].input_type["input"]).tolist()
    if len(shape) != 3:
        raise InvalidArgumentError(f"the input's shape is {shape}; it must be channels, height, width")
    inner = [node for node in nodes[1:-1] if _kind(node) != "Flatten"]
    return network_of((shape[0], shape[1], shape[2]), list(_parts(inner)))


def _nodes(part: Part, shape: Shape, library: Any) -> Iterator[tuple[str, Any, Shape]]:
    """Give kind, node and the shape behind it, for all nodes of one layer."""
    layer, weights, config = part
    values = weights.weight.detach().cpu().contiguous().numpy().copy()
    if isinstance(weights, nn.Conv2d):
        side = (weights.stride[0], int(weights.padding[0]))
        nothing = np.zeros(len(values), np.float32)
        node = library.Conv2d(shape[1:], values, side[0], side[1], 1, 1, nothing)
        shape = _behind(shape, weights)
        yield "conv", node, shape
    else:
        flat = (int(np.prod(shape)),)
        flatten = library.Flatten({"input": np.array(shape)}, start_dim=0, end_dim=-1)
        yield "flatten", flatten, flat
        shape = (weights.out_features,)
        yield "linear", library.Linear(values), shape
    yield "neurons", _neurons(config, shape, library), shape
    if layer.pool > 1:
        pool = np.array((layer.pool, layer.pool))
        shape = (shape[0], shape[1] // layer.pool, shape[2] // layer.pool)
        yield "pool", library.SumPool2d(pool, pool, np.zeros(2, np.int64)), shape


def _behind(shape: Shape, weights: nn.Conv2d) -> Shape:
    """Give channels, height and width behind a convolution, before pooling."""
    height, width = (
        (side + 2 * int(weights.padding[0]) - weights.kernel_size[0]) // weights.stride[0] + 1 for side in shape[1:]
    )
    return weights.out_channels, height, width


def _neurons(config: NeuronConfig, shape: Shape, library: Any) -> Any:
    """Describe neurons; of leaky ones the membrane follows tau dv/dt = -v + r I in steps of one unit of time."""
    metadata = {KEY: json.dumps(asdict(config))}
    threshold = np.full(shape, config.threshold, np.float32)
    reset = np.zeros(shape, np.float32)
    if config.decay == 1:
        return library.IF(
            np.full(shape, config.gain, np.float32), v_threshold=threshold, v_reset=reset, metadata=metadata
        )
    tau = 1 / (1 - config.decay)
    leak = {"tau": np.full(shape, tau, np.float32), "r": np.full(shape, config.gain * tau, np.float32)}
    return library.LIF(**leak, v_leak=reset, v_threshold=threshold, v_reset=reset, metadata=metadata)


def _kind(node: Any) -> str:
    return type(node).__name__


def _chain(graph: Any) -> list[str]:
    """Give the nodes' names from input to output."""
    followers: dict[str, str] = {}
    for start, end in graph.edges:
        if start in followers:
            raise InvalidArgumentError(f"node {start!r} has two followers; the graph must be a chain")
        followers[start] = end
    starts = [name for name, node in graph.nodes.items() if _kind(node) == "Input"]
    if len(starts) != 1:
        raise InvalidArgumentError(f"the graph has {len(starts)} inputs; it must have one")
    names = starts
    while names[-1] in followers and len(names) <= len(graph.nodes):
        names.append(followers[names[-1]])
    if len(names) != len(graph.nodes) or any(name not in graph.nodes for name in names):
        raise InvalidArgumentError("the graph is no chain from its input to its output")
    return names


def _parts(nodes: list[Any]) -> Iterator[Part]:
    waiting = list(nodes)
    while waiting:
        weights, neurons = waiting.pop(0), waiting.pop(0) if waiting else None
        pool = _pool(waiting.pop(0)) if waiting and _kind(waiting[0]) == "SumPool2d" else 1
        module = _weights(weights)
        yield layer_of(module, pool), module, _config(neurons)


def _weights(node: Any) -> nn.Conv2d | nn.Linear:
    values = torch.from_numpy(np.array(getattr(node, "weight", ()), np.float32))
    if np.any(getattr(node, "bias", 0)):
        raise InvalidArgumentError(f"a {_kind(node)} has a bias; layers here have none")
    if _kind(node) == "Conv2d":
        grouped = int(np.max(node.groups)) != 1 or set(np.atleast_1d(node.dilation).tolist()) != {1}
        if grouped or isinstance(node.padding, (str, bytes)):
            raise InvalidArgumentError("a Conv2d has groups, dilation or padding by name; layers here have none")
        stride, padding = (tuple(np.broadcast_to(side, 2).tolist()) for side in (node.stride, node.padding))
        kernel = (values.shape[2], values.shape[3])
        made: nn.Conv2d | nn.Linear = nn.Conv2d(
            values.shape[1], values.shape[0], kernel, (stride[0], stride[1]), (padding[0], padding[1]), bias=False
        )
    elif _kind(node) in ("Linear", "Affine"):
        made = nn.Linear(values.shape[1], values.shape[0], bias=False)
    else:
        raise InvalidArgumentError(f"a {_kind(node)} stands where weights must: Conv2d, Linear or Affine")
    made.weight.data.copy_(values)
    return made


def _config(node: Any) -> NeuronConfig:
    """Give what neurons are: by our metadata, else by NIR's own meaning."""
    if _kind(node) not in ("IF", "LIF"):
        raise InvalidArgumentError(f"a {_kind(node)} stands where neurons must: IF or LIF")
    if KEY in node.metadata:
        text = node.metadata[KEY]
        return NeuronConfig(**json.loads(text.decode() if isinstance(text, bytes) else str(text)))
    threshold, resistance = _same(node.v_threshold), _same(node.r)
    if _same(node.v_reset) != 0:
        raise InvalidArgumentError(f"v_reset is {_same(node.v_reset)}; it must be 0")
    decay = 1.0 if _kind(node) == "IF" else 1 - 1 / _same(node.tau)
    gain = resistance if _kind(node) == "IF" else resistance / _same(node.tau)
    return NeuronConfig(threshold, min_v=None, decay=decay, gain=gain, spikes="single", reset="zero")


def _same(values: Any) -> float:
    """Give the one value that all neurons of a node have."""
    unique = np.unique(values)
    if len(unique) != 1:
        raise InvalidArgumentError(f"neurons of one node differ: {unique[0]} to {unique[-1]}; they must be alike")
    return float(unique[0])


def _pool(node: Any) -> int:
    sides = {int(side) for value in (node.kernel_size, node.stride) for side in np.atleast_1d(value)}
    if len(sides) != 1 or np.any(node.padding):
        raise InvalidArgumentError("a SumPool2d has overlapping, uneven or padded windows; layers here have none")
    return sides.pop()
