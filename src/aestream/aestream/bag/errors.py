"""What goes wrong with bags."""

from aestream_core.errors import AestreamError


class RecordingStoppedError(AestreamError):
    """The bag cannot grow any more, for example because the disk is full; what was in it before is kept."""


class NotPlayableError(AestreamError):
    """A bag has nothing that can be played here."""
