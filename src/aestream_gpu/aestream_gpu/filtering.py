"""The chain of filters before a surface, and what it held back."""

import importlib
from collections.abc import Sequence
from typing import Any

from aestream_core.errors import MissingDependencyError
from aestream_core.events import Events

try:
    _filters: Any = importlib.import_module("aestream_core.filters")
except ImportError:  # a core built without them
    _filters = None


class Filtering:
    """Filters packets of one sensor; lets everything pass where there are no filters.

    Attributes:
        texts: the filters, as in `refractory:300`.
        sensor: width and height of the events that come in.
        width: columns of the events that come out.
        height: rows of them.
        dropped_events: events that did not come out.
    """

    def __init__(self, texts: Sequence[str], *, width: int, height: int) -> None:
        """Make the filters.

        Raises:
            MissingDependencyError: there are filters, but the core has none.
            AestreamError: a filter is not known or cannot have these settings.
        """
        self.texts, self.sensor = tuple(texts), (width, height)
        self.width, self.height = width, height
        self.dropped_events = 0
        self._chain: Any = None
        if self.texts:
            if _filters is None:
                raise MissingDependencyError("filters need aestream_core.filters; run `make setup` to build it")
            self._chain = _filters.parse_filters(self.texts, width=width, height=height)
            self.width, self.height = self._chain.width, self._chain.height

    def apply(self, events: Events) -> Events:
        """Give the events that are left."""
        if self._chain is None:
            return events
        kept: Events = self._chain.apply(events)
        self.dropped_events += len(events) - len(kept)
        return kept
