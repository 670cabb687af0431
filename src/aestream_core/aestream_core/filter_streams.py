"""Streams whose packets go through filters."""

from collections.abc import Callable, Sequence
from typing import overload

from aestream_core import _core
from aestream_core.events import Events
from aestream_core.filters import Filter, FilterChain, parse_filters
from aestream_core.streams import Packets, PacketStream, native_stream


def native_filter(apply: Callable[[Events], Events]) -> "_core.PacketFilter":
    """Give the native end of a filter: its own, or one that hands Python a packet at a time."""
    if isinstance(apply, Filter):
        return apply._native
    return _core.PythonFilter(lambda packet: apply(Events(packet))._packet)


class FilteredStream(PacketStream):
    """A stream of what filters leave of another one; source and filters run natively, without the interpreter's lock.

    Attributes:
        width: columns of the sensor of the events that the last filter gives.
        height: rows of it.
        chain: the filters, with their counters.
        path: the file that is read; nothing where there is none.
    """

    def __init__(self, source: Packets, chain: FilterChain) -> None:
        """Filter the packets that are left of a stream or an input; closing this closes that."""
        native = _core.filtered_stream(native_stream(source), [native_filter(each) for each in chain.filters])
        super().__init__(native, width=chain.width, height=chain.height)
        self.chain = chain
        self.path = str(getattr(source, "path", ""))
        self._source = source

    def close(self) -> None:
        """End the stream. Safe to call from any thread, and more than once."""
        super().close()
        self._source.close()


@overload
def filtered(source: Events, *filters: str) -> Events: ...


@overload
def filtered(source: Packets, *filters: str) -> FilteredStream: ...


def filtered(source: Events | Packets, *filters: str) -> Events | FilteredStream:
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
