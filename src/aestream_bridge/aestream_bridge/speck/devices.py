"""The chips: how many cores, and how much each remembers. Source: public documentation and code of sinabs 3.1."""

from dataclasses import dataclass

from aestream_core.errors import UnknownNameError

KI = 1024


@dataclass(frozen=True)
class Core:
    """Memory of one core.

    Attributes:
        kernel: weights of 8 bits.
        neuron: states of 16 bits.
        bias: biases of 8 bits.
    """

    kernel: int
    neuron: int
    bias: int = KI


@dataclass(frozen=True)
class Device:
    """A chip or board.

    Attributes:
        name: name, as in the command and the parameters.
        cores: memory of the cores, in their order on the chip.
        samna: name of samna's module for it; empty where samna no longer has one, and only plans can be made.
        boards: names that samna gives boards with this chip.
        description: what it is, in a few words.
    """

    name: str
    cores: tuple[Core, ...]
    samna: str
    boards: tuple[str, ...]
    description: str


def _cores(kernels: list[int], neurons: list[int]) -> tuple[Core, ...]:
    return tuple(Core(kernel * KI, neuron * KI) for kernel, neuron in zip(kernels, neurons, strict=True))


_NINE = _cores([16, 16, 16, 32, 32, 64, 64, 16, 16], [64, 64, 64, 32, 32, 16, 16, 16, 16])
_FIVE = _cores([16, 32, 32, 64, 16], [64, 32, 32, 16, 16])

DEVICES: dict[str, Device] = {
    each.name: each
    for each in (
        Device("speck2f", _NINE, "speck2f", ("Speck2fModuleDevKit", "Speck2fDevKit"), "nine cores"),
        Device("speck2e", _NINE, "speck2e", ("Speck2eTestBoard", "Speck2eDevKit"), "nine cores"),
        Device("speck2b", _NINE, "", (), "nine cores; plans only, samna and sinabs 3 dropped it"),
        Device("speck2cmini", _FIVE, "", (), "five cores; plans only, samna and sinabs 3 dropped it"),
    )
}


def device_named(name: str) -> Device:
    """Give a device by its name.

    Raises:
        UnknownNameError: there is none of this name; the message lists those there are.
    """
    if name not in DEVICES:
        raise UnknownNameError("device", name, list(DEVICES))
    return DEVICES[name]
