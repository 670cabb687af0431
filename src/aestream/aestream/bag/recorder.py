"""The recorder: a thread that writes what any other thread hands it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from aestream.bag.config import MB, RecorderConfig
from aestream.bag.queue import ByteQueue
from aestream.bag.recording import Recording
from aestream.bag.sequence import SequenceGaps
from aestream_core.errors import AestreamError
from aestream_core.formats.bags.storage import Topic

FLUSH_PERIOD_S = 0.5
"""Longest wait for the operating system to get a message: half of what a killed recorder may lose."""


@dataclass
class TopicCounters:
    """What happened to the messages of one topic.

    Attributes:
        topic: which.
        received: messages that arrived.
        received_bytes: their bytes.
        dropped: those that found the queue full, or came after the recording had stopped.
        lost: messages that never arrived, from gaps in the numbers of event packets; 0 where they have none.
        kept: messages in the bag.
    """

    topic: Topic
    received: int = 0
    received_bytes: int = 0
    dropped: int = 0
    lost: int = 0
    kept: int = 0


class Recorder:
    """Writes one bag, with bounded memory.

    Attributes:
        recording: the bag.
        counters: of each topic, in the order in which they were added.
    """

    def __init__(self, config: RecorderConfig, *, on_failure: Callable[[AestreamError], None]) -> None:
        """Create the bag and begin to wait for messages.

        Raises:
            AestreamError: the bag cannot be written.
        """
        self.recording = Recording(config)
        self.counters: list[TopicCounters] = []
        self._on_failure = on_failure
        self._gaps: list[SequenceGaps] = []
        self._queue: ByteQueue[Topic | tuple[int, int, bytes]] = ByteQueue(round(config.max_cache_mb * MB))
        self._thread = threading.Thread(target=self._run, name="aestream_recorder", daemon=True)
        self._thread.start()

    @property
    def queue_bytes(self) -> int:
        """Bytes that wait for the disk now."""
        return self._queue.queued_bytes

    def add_topic(self, topic: Topic) -> int:
        """Tell of a topic; give the number by which to add its messages. From the thread that calls `put`."""
        self.counters.append(TopicCounters(topic))
        self._gaps.append(SequenceGaps(topic))
        self._queue.put(topic, 0)
        return len(self.counters)

    def put(self, number: int, time_ns: int, data: bytes) -> None:
        """Hand over a message that arrived at `time_ns` since the epoch; counts it where there is no room."""
        counters, gaps = self.counters[number - 1], self._gaps[number - 1]
        counters.received += 1
        counters.received_bytes += len(data)
        counters.lost += gaps.before(data)
        if not self._queue.put((number, time_ns, data), len(data)):
            counters.dropped += 1

    def close(self) -> None:
        """Write what waits and finish the bag; counts then say what is in it. A second call does nothing."""
        self._queue.close()
        if self._thread is not threading.current_thread():
            self._thread.join()
            for counters in self.counters:
                counters.dropped = counters.received - counters.kept

    def _run(self) -> None:
        try:
            self._write_all()
            self.recording.close()
        except AestreamError as error:
            self._give_up(error)
        except Exception as error:
            self._give_up(AestreamError(f"recording stopped: {type(error).__name__}: {error}"))
        finally:
            self._settle()

    def _write_all(self) -> None:
        flush_s = time.monotonic() + FLUSH_PERIOD_S
        while (items := self._queue.take_all(max(0.0, flush_s - time.monotonic()))) is not None:
            for item, size_bytes in items:
                self._write(item)
                self._queue.done(size_bytes)
            if time.monotonic() >= flush_s:
                self.recording.flush()
                self._settle()
                flush_s = time.monotonic() + FLUSH_PERIOD_S

    def _write(self, item: Topic | tuple[int, int, bytes]) -> None:
        if isinstance(item, Topic):
            self.recording.add_topic(item)
        else:
            self.recording.add(*item)

    def _settle(self) -> None:
        for number, counters in enumerate(self.counters, 1):
            counters.kept = self.recording.kept(number)

    def _give_up(self, error: AestreamError) -> None:
        """Let go of what waits, and say why."""
        self._queue.close()
        while (items := self._queue.take_all(0)) is not None:
            self._queue.done(sum(size_bytes for _, size_bytes in items))
        self._on_failure(error)
