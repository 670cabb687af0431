"""Layers of a spiking network as data: what one core of a chip does, weights, neurons and pooling."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Conv:
    """Convolution without bias, neurons, then the sum of their spikes over windows.

    Attributes:
        channels: features.
        kernel: side of the kernel in cells.
        stride: cells from one place of the kernel to the next.
        padding: cells of zeros around the input.
        pool: side of the windows whose spikes are summed; 1 for none.
    """

    channels: int
    kernel: int = 3
    stride: int = 1
    padding: int = 0
    pool: int = 1

    def output_shape(self, shape: tuple[int, int, int]) -> tuple[int, int, int]:
        """Give channels, height and width behind the layer."""
        height, width = ((side + 2 * self.padding - self.kernel) // self.stride + 1 for side in shape[1:])
        return self.channels, height // self.pool, width // self.pool


@dataclass(frozen=True)
class Dense:
    """All inputs to all neurons, without bias.

    Attributes:
        units: neurons.
        pool: there are no windows.
    """

    units: int
    pool: int = 1


Layer = Conv | Dense
