"""How much of a core's memory a layer takes. Addresses are bit fields, so every side rounds up to a power of two."""

from dataclasses import dataclass

from aestream_bridge.speck.network import Layer, Shape


@dataclass(frozen=True)
class Demand:
    """Memory entries that a layer needs.

    Attributes:
        kernel: weights.
        neuron: states.
        bias: biases.
    """

    kernel: int
    neuron: int
    bias: int


def bits_for(count: int) -> int:
    """Give the bits that tell `count` things apart: the logarithm to base 2, rounded up."""
    return max(count - 1, 0).bit_length()


def kernel_entries(layer: Layer) -> int:
    """Give c * 2^(ceil log2(kx ky) + ceil log2(f))."""
    rows, columns = layer.kernel
    return int(layer.channels << (bits_for(rows * columns) + bits_for(layer.features)))


def neuron_entries(output: Shape) -> int:
    """Give f * 2^(ceil log2(fy) + ceil log2(fx))."""
    features, height, width = output
    return int(features << (bits_for(height) + bits_for(width)))


def address_bits(output: Shape) -> int:
    """Give the bits of a neuron's address, y, x and feature side by side."""
    return sum(bits_for(side) for side in output)


def demand_of(layer: Layer, output: Shape) -> Demand:
    """Give what a layer needs of a core."""
    return Demand(kernel_entries(layer), neuron_entries(output), 0 if layer.biases is None else layer.features)
