"""The table of backends: a new one is one file and one row."""

from functools import partial

from aestream_bridge.speck.backends.base import BackendOptions, BackendRow, SpeckBackend
from aestream_bridge.speck.backends.samna import SamnaBackend
from aestream_bridge.speck.backends.sim import SimBackend
from aestream_bridge.speck.devices import DEVICES
from aestream_core.errors import UnknownNameError


def _samna(chip: str, options: BackendOptions) -> SpeckBackend:
    return SamnaBackend(chip, serial=options.serial)


BACKENDS: dict[str, BackendRow] = {
    "sim": BackendRow(
        "the software twin, on this machine", "speck2f", lambda options: SimBackend(synops_per_us=options.synops_per_us)
    ),
    **{
        chip.name: BackendRow(f"a {chip.name} board, through samna", chip.name, partial(_samna, chip.name))
        for chip in DEVICES.values()
        if chip.samna
    },
}


def make_backend(name: str, options: BackendOptions | None = None) -> SpeckBackend:
    """Make a backend by its name; nothing is opened.

    Raises:
        UnknownNameError: there is none of this name; the message lists those there are.
    """
    if name not in BACKENDS:
        raise UnknownNameError("device", name, list(BACKENDS))
    return BACKENDS[name].make(options or BackendOptions())
