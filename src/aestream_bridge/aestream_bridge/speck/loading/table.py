"""Where networks come from: built in by name, or a file by its extension. A new one is one row."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from aestream_bridge.speck.loading.exchange import load_exchange
from aestream_bridge.speck.loading.layouts import from_state_dict
from aestream_bridge.speck.network import Network
from aestream_bridge.speck.quadrants import quadrants
from aestream_core.errors import FormatError, InvalidArgumentError, MissingDependencyError


def load_state_dict(path: str | Path) -> Network:
    """Read a `.pt` file of weights; code in it is never run.

    Raises:
        FormatError: it is not a state dict, or of no known layout.
        MissingDependencyError: torch is not installed.
    """
    try:
        import torch
    except ImportError:
        raise MissingDependencyError("a .pt file needs torch: pip install torch") from None
    try:
        state = torch.load(str(path), map_location="cpu", weights_only=True)
    except Exception as error:
        raise FormatError(f"{path} is not a file of weights: {type(error).__name__}") from None
    if not isinstance(state, dict):
        raise FormatError(f"{path} holds a {type(state).__name__}; it must be a state dict")
    return from_state_dict(state)


TRAINED = Path(__file__).parent.parent / "networks"

BUILT_IN: dict[str, Callable[[], Network]] = {
    "quadrants": quadrants,
    **{path.stem: partial(load_exchange, path) for path in sorted(TRAINED.glob("*.safetensors"))},
}
"""Networks that come with the package, by name: made by hand, and trained as docs/speck.md says."""

READERS: dict[str, Callable[[Path], Network]] = {
    ".safetensors": load_exchange,
    ".pt": load_state_dict,
    ".pth": load_state_dict,
}
"""Readers by extension."""


def load_network(name: str | Path) -> Network:
    """Give a network that is built in, or read one from a file.

    Raises:
        InvalidArgumentError: there is neither a network nor a file of this name.
        FormatError: the file cannot be read.
        MissingDependencyError: what the file needs is not installed.
    """
    if str(name) in BUILT_IN:
        return BUILT_IN[str(name)]()
    path = Path(name)
    if path.suffix not in READERS:
        known = ", ".join([*BUILT_IN, *(f"*{suffix}" for suffix in READERS)])
        raise InvalidArgumentError(f"network is {str(name)!r}; it must be one of {known}")
    if not path.is_file():
        raise InvalidArgumentError(f"network {str(path)!r} is not there; give a file, or one of {', '.join(BUILT_IN)}")
    return READERS[path.suffix](path)
