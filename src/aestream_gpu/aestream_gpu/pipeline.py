"""From packets to windows: filters, a surface and its windows, any of which may change between packets."""

import threading
from dataclasses import replace

import torch

from aestream_core.errors import AestreamError, MissingDependencyError, UnknownNameError
from aestream_core.events import Events
from aestream_gpu.config import AccumulatorConfig
from aestream_gpu.filtering import Filtering
from aestream_gpu.surfaces.base import Surface, SurfaceCounters
from aestream_gpu.surfaces.table import make_surface
from aestream_gpu.windows import Window, WindowAccumulator

_GUESSED_SENSOR = (1280, 720)


class Pipeline:
    """Filters and accumulates packets of any sensor, the one after the other.

    What a change replaces is finished first: its open window is given out, and its counters stay in the sums.
    """

    def __init__(self, config: AccumulatorConfig, device: torch.device) -> None:
        """Prepare; nothing is made before the first packet tells the sensor's size."""
        self._config = config
        self._device = device
        self._filtering: Filtering | None = None
        self._surface: Surface | None = None
        self._windows: WindowAccumulator | None = None
        self._size = (0, 0)
        self._past = SurfaceCounters()
        self._past_late = 0
        self._past_filtered = 0
        self._replacing = threading.Lock()

    def check(self, config: AccumulatorConfig) -> None:
        """Refuse filters that cannot be. Their sizes are checked as soon as the sensor's is known.

        Raises:
            AestreamError: a filter is not known or cannot have these settings.
        """
        known = self._filtering
        width, height = known.sensor if known is not None else _GUESSED_SENSOR
        try:
            Filtering(config.filters, width=width, height=height)
        except (UnknownNameError, MissingDependencyError):
            raise
        except AestreamError:
            if known is not None:
                raise

    def configure(self, config: AccumulatorConfig, width: int, height: int) -> list[Window]:
        """Take over a configuration for packets of a sensor; give the windows that this ended.

        Raises:
            AestreamError: a filter or the surface cannot be made for this sensor.
        """
        before, self._config = self._config, config
        filtering = self._filtering
        if filtering is None or filtering.sensor != (width, height) or filtering.texts != config.filters:
            filtering = self._replace_filters(Filtering(config.filters, width=width, height=height))
        windows: list[Window] = []
        size = (filtering.width, filtering.height)
        if self._surface is None or size != self._size or _surface_of(config) != _surface_of(before):
            windows = self._replace_surface(*size)
        assert self._windows is not None
        self._windows.window_us, self._windows.window_events = config.window_us, config.window_events
        return windows

    def add(self, events: Events, *, arrived_ns: int) -> list[Window]:
        """Filter and accumulate a packet; give the windows that it finished. `configure` comes first."""
        assert self._filtering is not None
        assert self._windows is not None
        return self._windows.add(self._filtering.apply(events), arrived_ns=arrived_ns)

    def flush(self) -> list[Window]:
        """Finish the open window early, if there is one."""
        return self._windows.flush() if self._windows is not None else []

    def recycle(self, window: Window) -> None:
        """Take back a window's tensor, for its memory. Only for who did not change it and knows nobody who holds it."""
        if self._windows is not None:
            self._windows.recycle(window)

    def filtered_events(self) -> int:
        """Count the events that filters held back. From any thread."""
        with self._replacing:
            return self._past_filtered + (self._filtering.dropped_events if self._filtering is not None else 0)

    def late_events(self) -> int:
        """Count the events that came after their window was finished. From any thread."""
        with self._replacing:
            return self._late()

    def _late(self) -> int:
        return self._past_late + (self._windows.late_events if self._windows is not None else 0)

    def counters(self) -> SurfaceCounters:
        """Give the counters of all surfaces so far. From any thread."""
        with self._replacing:
            return self._sum()

    def _sum(self) -> SurfaceCounters:
        past, surface = self._past, self._surface
        if surface is None:
            return replace(past)
        now = surface.counters()
        return SurfaceCounters(
            past.events + now.events,
            past.invalid_events + now.invalid_events,
            past.bytes_copied + now.bytes_copied,
            past.copies + now.copies,
        )

    def _replace_surface(self, width: int, height: int) -> list[Window]:
        windows = self.flush()
        config = self._config
        surface = make_surface(
            config.surface, options=config.surface_options, width=width, height=height, device=self._device
        )
        with self._replacing:
            self._past, self._past_late = self._sum(), self._late()
            self._windows = WindowAccumulator(surface, window_us=config.window_us, window_events=config.window_events)
            self._surface, self._size = surface, (width, height)
        return windows

    def _replace_filters(self, filtering: Filtering) -> Filtering:
        held_back = self.filtered_events()
        with self._replacing:
            self._past_filtered, self._filtering = held_back, filtering
        return filtering


def _surface_of(config: AccumulatorConfig) -> tuple[str, str]:
    return config.surface, config.surface_options
