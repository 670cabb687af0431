"""Every limit of the chip: one function and one row each.

Source: public documentation and code of sinabs 3.1 (DynapcnnNetwork). Limits hold for integers, so quantise before.
"""

from collections.abc import Callable, Iterable, Iterator

from aestream_bridge.speck.devices import Device
from aestream_bridge.speck.errors import Violation
from aestream_bridge.speck.memory import address_bits, demand_of
from aestream_bridge.speck.network import LOWEST, Layer, Network, Shape

MAX_INPUT_SIDE = 128
MAX_OUTPUT_SIDE = 64
MAX_CHANNELS = 1024
MAX_KERNEL = 16
STRIDES = (1, 2, 4, 8)
MAX_PADDING = 7
POOLINGS = (1, 2, 4)
MAX_FAN_OUT = 2
MAX_CLASSES = 15
MAX_ADDRESS_BITS = 18
WEIGHT_RANGE = (-128, 127)
MAX_THRESHOLD = 2**15 - 1

Complaint = str | None
"""What is wrong and what is allowed, in words; None where the limit is kept."""

LayerCheck = Callable[[Layer, Shape, Shape, Device], Complaint]
"""From a layer, the shapes of its input and output, and the device."""


def _input_size(_: Layer, shape: Shape, __: Shape, ___: Device) -> Complaint:
    fits = max(shape[1:]) <= MAX_INPUT_SIDE
    return None if fits else f"its input is {_size(shape)}; at most {MAX_INPUT_SIDE}x{MAX_INPUT_SIDE} is allowed"


def _output_size(_: Layer, __: Shape, output: Shape, ___: Device) -> Complaint:
    fits = max(output[1:]) <= MAX_OUTPUT_SIDE
    return None if fits else f"its output is {_size(output)}; at most {MAX_OUTPUT_SIDE}x{MAX_OUTPUT_SIDE} is allowed"


def _channels(layer: Layer, _: Shape, __: Shape, ___: Device) -> Complaint:
    most = max(layer.channels, layer.features)
    said = f"it has {layer.channels} channels in and {layer.features} out; at most {MAX_CHANNELS} are allowed"
    return None if most <= MAX_CHANNELS else said


def _kernel_shape(layer: Layer, _: Shape, __: Shape, ___: Device) -> Complaint:
    rows, columns = layer.kernel
    return None if rows == columns else f"its kernel is {rows}x{columns}; it must be square"


def _kernel_size(layer: Layer, _: Shape, __: Shape, ___: Device) -> Complaint:
    side = max(layer.kernel)
    return None if side <= MAX_KERNEL else f"its kernel has side {side}; at most {MAX_KERNEL} is allowed"


def _stride(layer: Layer, _: Shape, __: Shape, ___: Device) -> Complaint:
    return None if layer.stride in STRIDES else f"its stride is {layer.stride}; it must be one of {_list(STRIDES)}"


def _padding(layer: Layer, _: Shape, __: Shape, ___: Device) -> Complaint:
    fits = 0 <= layer.padding <= MAX_PADDING
    return None if fits else f"its padding is {layer.padding}; it must be 0 to {MAX_PADDING}"


def _pooling(layer: Layer, _: Shape, __: Shape, ___: Device) -> Complaint:
    wrong = [to.pooling for to in layer.destinations if to.pooling not in POOLINGS]
    return f"its pooling is {wrong[0]}; it must be one of {_list(POOLINGS)}" if wrong else None


def _fan_out(layer: Layer, _: Shape, __: Shape, ___: Device) -> Complaint:
    count = len(layer.destinations)
    return None if count <= MAX_FAN_OUT else f"it has {count} destinations; at most {MAX_FAN_OUT} are allowed"


def _weights(layer: Layer, _: Shape, __: Shape, ___: Device) -> Complaint:
    return _range("weights", layer.weights.min(), layer.weights.max())


def _biases(layer: Layer, _: Shape, __: Shape, ___: Device) -> Complaint:
    return None if layer.biases is None else _range("biases", layer.biases.min(), layer.biases.max())


def _threshold(layer: Layer, _: Shape, __: Shape, ___: Device) -> Complaint:
    fits = 1 <= layer.threshold <= MAX_THRESHOLD
    return None if fits else f"its threshold is {layer.threshold:g}; it must be 1 to {MAX_THRESHOLD}"


def _threshold_low(layer: Layer, _: Shape, __: Shape, ___: Device) -> Complaint:
    low = LOWEST if layer.threshold_low is None else layer.threshold_low
    return None if LOWEST <= low <= 0 else f"its low threshold is {low:g}; it must be {LOWEST} to 0"


def _address_bits(_: Layer, __: Shape, output: Shape, ___: Device) -> Complaint:
    bits = address_bits(output)
    shape = "x".join(map(str, output))
    return (
        None if bits <= MAX_ADDRESS_BITS else f"{shape} neurons need {bits} address bits; there are {MAX_ADDRESS_BITS}"
    )


def _kernel_memory(layer: Layer, _: Shape, output: Shape, device: Device) -> Complaint:
    return _memory("weights", demand_of(layer, output).kernel, max(core.kernel for core in device.cores))


def _neuron_memory(layer: Layer, _: Shape, output: Shape, device: Device) -> Complaint:
    return _memory("neurons", demand_of(layer, output).neuron, max(core.neuron for core in device.cores))


def _bias_memory(layer: Layer, _: Shape, output: Shape, device: Device) -> Complaint:
    return _memory("biases", demand_of(layer, output).bias, max(core.bias for core in device.cores))


LAYER_LIMITS: dict[str, LayerCheck] = {
    "input size": _input_size,
    "output size": _output_size,
    "channels": _channels,
    "kernel shape": _kernel_shape,
    "kernel size": _kernel_size,
    "stride": _stride,
    "padding": _padding,
    "pooling": _pooling,
    "fan-out": _fan_out,
    "weights": _weights,
    "biases": _biases,
    "threshold": _threshold,
    "threshold low": _threshold_low,
    "address bits": _address_bits,
    "kernel memory": _kernel_memory,
    "neuron memory": _neuron_memory,
    "bias memory": _bias_memory,
}

LIMIT_NAMES = (*LAYER_LIMITS, "readout classes", "cores", "loop", "connection")
"""Every limit that a message can name."""


def broken_limits(
    layers: Iterable[Layer], inputs: dict[str, Shape], outputs: dict[str, Shape], device: Device
) -> Iterator[Violation]:
    """Check every layer against every limit, in the order of the layers."""
    for layer in layers:
        for limit, check in LAYER_LIMITS.items():
            complaint = check(layer, inputs[layer.name], outputs[layer.name], device)
            if complaint:
                yield Violation(layer.name, limit, f"layer {layer.name!r}: {limit}: {complaint}")


def broken_connections(network: Network) -> Iterator[Violation]:
    """Check what concerns the input and the readout."""
    if len(network.inputs) > MAX_FAN_OUT:
        said = f"the input has {len(network.inputs)} destinations; at most {MAX_FAN_OUT} are allowed"
        yield Violation("input", "fan-out", f"layer 'input': fan-out: {said}")
    for to in network.inputs:
        if to.pooling not in POOLINGS:
            said = f"its pooling is {to.pooling}; it must be one of {_list(POOLINGS)}"
            yield Violation("input", "pooling", f"layer 'input': pooling: {said}")
    for layer in network.outputs:
        if layer.features > MAX_CLASSES:
            said = f"it has {layer.features} features and is read out; at most {MAX_CLASSES} classes are allowed"
            message = f"layer {layer.name!r}: readout classes: {said}"
            yield Violation(layer.name, "readout classes", message)


def _range(what: str, smallest: float, largest: float) -> Complaint:
    low, high = WEIGHT_RANGE
    fits = low <= smallest and largest <= high
    return None if fits else f"its {what} reach from {smallest:g} to {largest:g}; they must be {low} to {high}"


def _memory(what: str, needed: int, largest: int) -> Complaint:
    return None if needed <= largest else f"its {what} take {needed:,} entries; the largest core has {largest:,}"


def _size(shape: Shape) -> str:
    return f"{shape[2]}x{shape[1]}"


def _list(values: tuple[int, ...]) -> str:
    return ", ".join(map(str, values))
