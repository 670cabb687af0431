"""A thread that works on what comes through a queue until it is stopped."""

import math
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable

from aestream_core.errors import AestreamError
from aestream_core.exchange import Envelope, Subscription

DRAIN_S = 1.0
"""Longest time that `QueueWorker.stop` works on what waits."""


class QueueWorker(ABC):
    """Works on what comes through a subscription.

    `handle`, `idle`, `finish` and `end` run on its thread and nowhere else.

    Attributes:
        ended: whether the stream ended and everything of it was worked on.
        poll_s: longest time without anything to work on until `idle` is called, in seconds.
    """

    def __init__(self, queue: Subscription, *, task: str, on_failure: Callable[[str], None], poll_s: float) -> None:
        """Prepare; nothing is taken yet.

        Args:
            queue: where it takes from.
            task: what it does, in one word, for people: name of the thread and part of messages.
            on_failure: told what went wrong, on the thread, which then ends.
            poll_s: see the attribute.
        """
        self.ended = False
        self.poll_s = poll_s
        self._queue = queue
        self._task = task
        self._on_failure = on_failure
        self._stop_at_s = math.inf
        self._thread = threading.Thread(target=self._run, name=f"aestream_{task}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Work on what waits, finish and end the thread; nothing is given out after this returns.

        What there is no time for in `DRAIN_S` counts as dropped in the queue.
        """
        self._stop_at_s = time.monotonic() + DRAIN_S
        self._thread.join(DRAIN_S)
        if self._thread.is_alive():
            self.interrupt()
            self._thread.join()

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stop_at_s < math.inf

    @abstractmethod
    def handle(self, envelope: Envelope) -> None:
        """Work on one envelope that has a payload."""

    def idle(self) -> None:
        """Do what is to be done while nothing comes."""
        return

    def finish(self) -> None:
        """Give out what is still open: the stream ended, or the thread is about to."""
        return

    def end(self) -> None:
        """Pass the end of the stream on: everything of it was worked on."""
        return

    def interrupt(self) -> None:
        """Make a `handle` that waits return. Called by `stop`, on its thread."""
        return

    def _run(self) -> None:
        try:
            self._work()
        except AestreamError as error:
            self._on_failure(str(error))
        except Exception as error:
            self._on_failure(f"{self._task} stopped: {type(error).__name__}: {error}")
        finally:
            # Nobody takes from it any more: a recording must not wait for room, and what comes counts as dropped.
            self._queue.close()

    def _work(self) -> None:
        while time.monotonic() < self._stop_at_s:
            stopping = self.stopping
            envelope = self._queue.take(0 if stopping else self.poll_s)
            if envelope is not None:
                self._take(envelope)
            elif stopping:
                break
            else:
                self.idle()
        self.finish()

    def _take(self, envelope: Envelope) -> None:
        if envelope.payload is None:
            self.finish()
            self.end()
            self.ended = True
        else:
            self.ended = False
            self.handle(envelope)
