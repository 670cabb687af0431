"""The table of what networks can be exported to: a new one is a file and a row here."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from aestream_core.errors import UnknownNameError
from aestream_snn.models.network import SpikingNetwork


@dataclass(frozen=True)
class Exported:
    """What is to be exported.

    Attributes:
        network: with its weights.
        name: of the network.
        labels: names of the classes.
        device: chip, for those that ask.
    """

    network: SpikingNetwork
    name: str
    labels: tuple[str, ...]
    device: str = "speck2f"


@dataclass(frozen=True)
class Target:
    """One form.

    Attributes:
        write: writes it to a file.
        suffix: of the file.
        help: what it is, in one line.
    """

    write: Callable[[Exported, Path], None]
    suffix: str
    help: str


def _speck(what: Exported, path: Path) -> None:
    speck = import_module("aestream_snn.export.speck")
    made = speck.to_speck(what.network, name=what.name, labels=what.labels, device=what.device)
    speck.write_speck(made, path)


def _nir(what: Exported, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    import_module("aestream_snn.conversion.nir").write_nir(what.network, path)


def _torch(what: Exported, path: Path) -> None:
    import_module("aestream_snn.export.torch_program").write_program(what.network, path)


TARGETS: dict[str, Target] = {
    "speck": Target(_speck, ".safetensors", "integers of the plan for Speck: aestream speck, SpeckBridge"),
    "nir": Target(_nir, ".nir", "a graph of NIR, for other libraries of spiking networks"),
    "torch": Target(_torch, ".pt2", "one step as a program of torch.export"),
}


def export(what: Exported, to: str, path: Path) -> None:
    """Write a network in another form.

    Raises:
        UnknownNameError: no such form; lists those that there are.
        MissingDependencyError: a library is not installed.
    """
    if to not in TARGETS:
        raise UnknownNameError("export", to, tuple(TARGETS))
    TARGETS[to].write(what, path)
