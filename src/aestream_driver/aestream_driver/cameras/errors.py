"""Errors of cameras."""

from aestream_core.errors import AestreamError


class CameraError(AestreamError):
    """A camera cannot be found, opened, set, or read."""
