"""Errors of the watcher."""

from __future__ import annotations

from aestream_core.errors import AestreamError


class NoStageError(AestreamError):
    """No stage of a pipeline published its status in the time given."""


class StageFailedError(AestreamError):
    """A stage says that it failed; the message gives its reason."""
