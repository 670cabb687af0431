"""The pump: a thread that pulls packets from a source and hands each to a sink."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from aestream_core.errors import AestreamError
from aestream_driver.sources.base import Source, SourcePacket

Sink = Callable[[SourcePacket, int], None]
"""Takes a packet and the host time in ns since the epoch at which it arrived."""


@dataclass
class PumpCounters:
    """What went through; written by the pump's thread, read by any.

    Attributes:
        packets: packets pulled.
        t_us: sensor time in µs of the newest event.
    """

    packets: int = 0
    t_us: int = 0


@dataclass
class Pump:
    """Runs from `start` until the source ends, fails or `stop` is called.

    Attributes:
        source: what to pull from; closed by `stop`.
        sink: gets every packet, on the pump's thread.
        now_ns: the host's clock, in ns since the epoch.
        on_end: called once on the pump's thread; with the error where the source failed, else None.
    """

    source: Source
    sink: Sink
    on_end: Callable[[AestreamError | None], None]
    now_ns: Callable[[], int] = time.time_ns
    counters: PumpCounters = field(default_factory=PumpCounters)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to pull on a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="aestream_pump", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; no packet is handed on after this returns."""
        self._stopping.set()
        self.source.close()
        self.join()

    @property
    def stopping(self) -> bool:
        """Whether `stop` was called."""
        return self._stopping.is_set()

    def join(self) -> None:
        """Wait until the thread has ended."""
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        try:
            for packet in self.source:
                if self._stopping.is_set():
                    return
                self.sink(packet, packet.arrival_ns or self.now_ns())
                self.counters.packets += 1
                self.counters.t_us = max(self.counters.t_us, packet.last_us)
        except AestreamError as error:
            self.on_end(error)
        except Exception as error:
            self.on_end(AestreamError(f"the source stopped: {type(error).__name__}: {error}"))
        else:
            self.on_end(None)
