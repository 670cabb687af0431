"""Errors of the component container."""

from aestream_core.errors import AestreamError


class ContainerError(AestreamError):
    """A request that the container refuses; the message is the one line that the caller reads."""
