"""Whether samna is here, found out without importing it.

What PyPI calls samna is a stub: importing it starts pip, which replaces it by another package from elsewhere. So it is
recognised by its text, and never imported.
"""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aestream_core.errors import MissingDependencyError

_MARK = "PYPI_SAMNA"
INSTALL = "install SynSense's own build, as https://synsense-sys-int.gitlab.io/samna/ says"


def samna_state() -> str:
    """Say what is installed: "missing", "stub" or "installed". Imports nothing."""
    spec = find_spec("samna")
    if spec is None:
        return "missing"
    origin = Path(spec.origin) if spec.origin else None
    if origin and origin.suffix == ".py" and _MARK in origin.read_text(errors="replace"):
        return "stub"
    return "installed"


def load_samna() -> Any:
    """Import samna.

    Raises:
        MissingDependencyError: it is not installed, or only its stub is; the message says what to install.
    """
    state = samna_state()
    if state == "stub":
        raise MissingDependencyError(f"samna is only the stub of PyPI, which is never imported here: {INSTALL}")
    if state == "missing":
        raise MissingDependencyError(f"a Speck chip needs samna, which is not installed: {INSTALL}")
    return import_module("samna")
