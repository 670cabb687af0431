"""Memory that is there already: on a virtual machine a page costs more the first time it is used."""

from pathlib import Path

_BLOCK = bytes(1 << 20)
_BLOCKS = 256


def warm_memory(folder: Path) -> None:
    """Use as much memory as a measurement will, and let it go again, so that whoever is first does not pay for all."""
    path = folder / "warm"
    with path.open("wb", buffering=0) as file:
        for _ in range(_BLOCKS):
            file.write(_BLOCK)
    path.unlink()
