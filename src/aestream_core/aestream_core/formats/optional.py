"""Libraries that only some formats need: imported where they are first used."""

from importlib import import_module
from typing import Any

from aestream_core.errors import MissingDependencyError


def optional_module(name: str, *, package: str, why: str) -> Any:
    """Import a module.

    Raises:
        MissingDependencyError: it is not installed; `why` begins the message, and the command that brings it ends it.
    """
    try:
        return import_module(name)
    except ImportError:
        raise MissingDependencyError(f"{why}: pip install {package}") from None
