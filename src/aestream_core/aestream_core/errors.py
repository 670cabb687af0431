"""The error tree of the suite: every error that is raised on purpose derives from `AestreamError`.

Messages say what went wrong, with which value, and what is allowed. A front door (command, node, launch) prints the
message as one line and ends with a non-zero status; a traceback means a defect.
"""


class AestreamError(Exception):
    """Base of every error that this suite raises on purpose."""


class InvalidArgumentError(AestreamError, ValueError):
    """A value that the caller gave is outside what is allowed."""


class UnknownNameError(InvalidArgumentError):
    """A name that is in none of the suite's tables (source, format, scene, surface, ...)."""

    def __init__(self, kind: str, name: str, known: list[str] | tuple[str, ...]) -> None:
        """Say which kind of thing was asked for by which name, and list the names that exist."""
        super().__init__(f"unknown {kind} {name!r}; known: {', '.join(sorted(known))}")


class FormatError(AestreamError):
    """A file is not what its name or header says, or holds nothing to read."""


class DamagedRecordingError(FormatError):
    """A recording is cut or damaged; every event before the fault was delivered.

    Attributes:
        byte_offset: where in the file reading stopped.
    """

    def __init__(self, message: str, byte_offset: int) -> None:
        """Keep the position beside the message."""
        super().__init__(message)
        self.byte_offset = byte_offset


class MissingDependencyError(AestreamError):
    """Something optional that this call needs is not installed; the message names the command that brings it."""
