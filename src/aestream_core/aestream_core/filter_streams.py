"""Streams whose packets go through filters."""

from collections.abc import Sequence
from typing import Any, Protocol, overload

from aestream_core.events import Events
from aestream_core.filters import FilterChain, parse_filters
from aestream_core.streams import PacketStream


class _Packets(Protocol):
    """Packets of one sensor: a stream, or an input."""

    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    def __iter__(self) -> Any: ...
    def close(self) -> None: ...


class FilteredStream(PacketStream):
    """A stream of what filters leave of another one.

    Attributes:
        width: columns of the sensor of the events that the last filter gives.
        height: rows of it.
        chain: the filters, with their counters.
        path: the file that is read; nothing where there is none.
    """

    def __init__(self, source: _Packets, chain: FilterChain) -> None:
        """Filter the packets that are left of a stream or an input; closing this closes that."""
        self.width, self.height = chain.width, chain.height
        self.chain = chain
        self.path = str(getattr(source, "path", ""))
        self._source = source
        self._packets = iter(source)

    def __next__(self) -> Events:
        """Pull the next packet; it may be empty."""
        return self.chain.apply(next(self._packets))

    def close(self) -> None:
        """End the stream. Safe to call from any thread, and more than once."""
        self._source.close()


@overload
def filtered(source: Events, *filters: str) -> Events: ...


@overload
def filtered(source: _Packets, *filters: str) -> FilteredStream: ...


def filtered(source: Events | _Packets, *filters: str) -> Events | FilteredStream:
    """Filter a packet, or the packets of a stream or an input as they come.

    Args:
        source: a packet, `aestream.stream(...)`, an `Input`, or another stream.
        filters: texts such as `hot_pixels` and `refractory:500`; see `parse_filters`.

    Raises:
        AestreamError: a filter cannot be made; the message says why.
    """
    chain = parse_filters(filters, width=source.width, height=source.height)
    return chain.apply(source) if isinstance(source, Events) else FilteredStream(source, chain)


def maybe_filtered(stream: PacketStream, filters: Sequence[str]) -> PacketStream:
    """Filter a stream; without filters give it as it is."""
    return filtered(stream, *filters) if filters else stream
