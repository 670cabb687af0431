"""The result of a check, and what checks share."""

import importlib
import importlib.metadata
from dataclasses import dataclass
from types import ModuleType
from typing import Literal

Status = Literal["ok", "missing", "problem"]


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes:
        name: what was looked at.
        status: "ok"; "missing" where something is not there; "problem" where it is there and does not work, or slows
            down or loses events.
        detail: what was found, and what it is for where it is missing.
        fix: command that brings it, or what to do; empty where there is nothing to do.
        required: whether nothing works without it.
    """

    name: str
    status: Status
    detail: str
    fix: str = ""
    required: bool = False

    @property
    def fails(self) -> bool:
        """Whether something that is required is not as it must be."""
        return self.required and self.status != "ok"


def try_import(name: str) -> ModuleType | str:
    """Import a module; give the reason in one line where that does not work.

    A folder of that name in the working directory is no module.
    """
    try:
        module = importlib.import_module(name)
    except Exception as error:  # A foreign module may raise anything; the report is to name it, not to end.
        return " ".join(f"{type(error).__name__}: {error}".split())
    return module if module.__file__ else "ModuleNotFoundError: only a folder of that name is there"


def version_of(distribution: str) -> str:
    """Give the version of an installed distribution, or nothing."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return ""
