"""Order of the layers, and the shapes of what goes in and out of each."""

from aestream_bridge.speck.errors import PlanError, Violation
from aestream_bridge.speck.network import Layer, Network, Shape


def ordered(network: Network) -> tuple[Layer, ...]:
    """Give the layers so that each comes after all that feed it.

    Raises:
        PlanError: layers feed each other in a loop; on the chip that can block for good.
    """
    waiting = list(network.layers)
    placed: list[Layer] = []
    while waiting:
        blocked = {to.layer for layer in waiting for to in layer.destinations}
        ready = [layer for layer in waiting if layer.name not in blocked]
        if not ready:
            raise PlanError([_loop(waiting)])
        placed += ready
        waiting = [layer for layer in waiting if layer.name in blocked]
    return tuple(placed)


def input_shapes(network: Network) -> dict[str, Shape]:
    """Give the shape of every layer's input.

    Raises:
        PlanError: a layer has no source, its sources differ in size, or their features do not make up its channels.
    """
    shapes: dict[str, Shape] = {}
    sources: dict[str, list[tuple[str, Shape]]] = {layer.name: [] for layer in network.layers}
    for to in network.inputs:
        sources[to.layer].append(("input", _pooled(network.input_shape, to.pooling, to.feature_shift)))
    for layer in ordered(network):
        shapes[layer.name] = _merged(layer, sources[layer.name])
        for to in layer.destinations:
            out = _pooled(output_shape(layer, shapes[layer.name]), to.pooling, to.feature_shift)
            sources[to.layer].append((layer.name, out))
    return shapes


def output_shape(layer: Layer, shape: Shape) -> Shape:
    """Give the shape of a layer's output, before pooling, for the shape of its input."""
    _, height, width = shape
    rows, columns = layer.kernel
    step = max(layer.stride, 1)
    return (
        layer.features,
        (height - rows + 2 * layer.padding) // step + 1,
        (width - columns + 2 * layer.padding) // step + 1,
    )


def _pooled(shape: Shape, pooling: int, feature_shift: int) -> Shape:
    side = max(pooling, 1)
    return shape[0] + feature_shift, shape[1] // side, shape[2] // side


def _merged(layer: Layer, sources: list[tuple[str, Shape]]) -> Shape:
    if not sources:
        raise PlanError([Violation(layer.name, "connection", f"layer {layer.name!r}: connection: nothing feeds it")])
    sizes = {shape[1:] for _, shape in sources}
    said = ", ".join(f"{name} {'x'.join(map(str, shape))}" for name, shape in sources)
    channels = max(shape[0] for _, shape in sources)
    if len(sizes) > 1 or channels != layer.channels:
        raise PlanError([_mismatch(layer, said)])
    shape = (layer.channels, *sizes.pop())
    if min(output_shape(layer, shape)) < 1:
        raise PlanError([_too_small(layer, shape)])
    return shape


def _loop(layers: list[Layer]) -> Violation:
    names = ", ".join(repr(layer.name) for layer in layers)
    message = f"layer {layers[0].name!r}: loop: layers {names} feed each other; a chip of asynchronous cores can block"
    return Violation(layers[0].name, "loop", message)


def _mismatch(layer: Layer, said: str) -> Violation:
    wanted = f"it takes {layer.channels} channels, and one size from all its sources"
    return Violation(layer.name, "connection", f"layer {layer.name!r}: connection: sources give {said}; {wanted}")


def _too_small(layer: Layer, shape: Shape) -> Violation:
    size, kernel = "x".join(map(str, shape[1:])), "x".join(map(str, layer.kernel))
    message = f"layer {layer.name!r}: connection: a kernel of {kernel} does not fit an input of {size}"
    return Violation(layer.name, "connection", message)
