"""A stand-in for samna, which PyPI does not have: names without anything behind them.

`sinabs.backend.dynapcnn` imports samna wherever it is imported, and asks it for something only to configure a board.
With the names there, what it computes by itself can be tested; what needs samna cannot.
"""

from pathlib import Path

NAMES = '''"""Names without anything behind them."""


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return type(name, (), {})
'''
MODULES = (
    "samna/ui samna/graph samna/device samna/specksim/nodes samna/speck2e/configuration samna/speck2e/event "
    "samna/speck2f/configuration samna/speck2f/event samnagui"
)
PACKAGES = {
    "samna": "device, graph, speck2e, speck2f, specksim, ui",
    "samna/speck2e": "configuration, event",
    "samna/speck2f": "configuration, event",
    "samna/specksim": "nodes",
}


def write_samna_names(folder: Path) -> None:
    """Write the packages `samna` and `samnagui` into a folder, to be put on the path of a process of its own."""
    for module in MODULES.split():
        path = folder / f"{module}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(NAMES)
    for package, names in PACKAGES.items():
        (folder / package / "__init__.py").write_text(f"from . import {names}\n")
