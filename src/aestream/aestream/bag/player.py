"""The player: a thread that hands out the messages of a bag, each when it is due."""

import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from aestream.bag.config import PlayerConfig
from aestream.bag.read_ahead import ReadAhead
from aestream.bag.schedule import Schedule
from aestream.bag.stored import StoredBag
from aestream_core.errors import AestreamError
from aestream_core.formats.bags.storage import Faults, StoredMessage, Topic

LATE_S = 0.001
"""A message that is handed out later than this behind its time is counted as late."""

_WAKE_BEFORE_S = 0.0015
_SPIN_S = 0.0002


@dataclass
class PlayCounters:
    """What happened so far.

    Attributes:
        messages: handed out.
        bytes: in them.
        late: messages that came more than `LATE_S` behind their time.
        worst_s: the longest delay.
        loops: times that the bag was begun.
        damaged: places in the files that could not be read.
    """

    messages: int = 0
    bytes: int = 0
    late: int = 0
    worst_s: float = 0.0
    loops: int = 0
    damaged: int = 0


class Player:
    """Plays one bag. Every method may be called from any thread.

    Attributes:
        counters: what happened so far.
    """

    def __init__(
        self,
        bag: StoredBag,
        config: PlayerConfig,
        *,
        topics: Collection[str],
        publish: Callable[[Topic, bytes], None],
        on_end: Callable[[AestreamError | None], None],
    ) -> None:
        """Prepare; nothing is read yet.

        Args:
            bag: what to play.
            config: how.
            topics: names of the topics to play.
            publish: gets each message on the player's thread.
            on_end: called once on that thread when the bag ended; with the error where reading failed.
        """
        self.counters = PlayCounters()
        self._bag, self._config, self._topics = bag, config, topics
        self._publish, self._on_end = publish, on_end
        self._first_ns = bag.first_ns()
        self._schedule = Schedule(config.rate, paused=config.paused)
        self._changed = threading.Condition()
        self._seek_ns: int | None = None
        self._stopping = False
        self._faults: list[Faults] = []
        self._thread = threading.Thread(target=self._run, name="aestream_player", daemon=True)

    def start(self) -> None:
        """Begin to play."""
        self._thread.start()

    def stop(self) -> None:
        """End; no message is handed out after this returns."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    @property
    def paused(self) -> bool:
        """Whether it waits for `set_paused(False)`."""
        return self._schedule.paused

    @property
    def damage(self) -> list[tuple[int, str]]:
        """Places in the files that could not be read, as byte and reason."""
        return [place for faults in self._faults for place in faults.places]

    def set_paused(self, paused: bool) -> None:
        """Stop between two messages, or go on with the one that was next."""
        with self._changed:
            self._schedule.set_paused(paused, time.monotonic())
            self._changed.notify_all()

    def reconfigure(self, config: PlayerConfig) -> None:
        """Take over another rate, and whether to loop."""
        with self._changed:
            self._config = replace(self._config, rate=config.rate, loop=config.loop)
            self._schedule.set_rate(config.rate, time.monotonic())
            self._changed.notify_all()

    def seek(self, time_ns: int) -> None:
        """Go on with the first message that was recorded at `time_ns` since the epoch or later."""
        with self._changed:
            self._seek_ns = time_ns
            self._changed.notify_all()

    def position_ns(self) -> int:
        """Give the recorded time that is being played, in ns since the epoch; 0 before the first message."""
        with self._changed:
            return self._schedule.position_ns(time.monotonic())

    def _run(self) -> None:
        error = None
        try:
            self._play()
        except AestreamError as raised:
            error = raised
        except Exception as raised:
            error = AestreamError(f"playing stopped: {type(raised).__name__}: {raised}")
        if not self._stopping:
            self._on_end(error)

    def _play(self) -> None:
        start_ns = self._first_ns + round(self._config.start_s * 1e9)
        again = True
        while again and not self._stopping:
            self._schedule.restart()
            self.counters.loops += 1
            ended = self._play_from(start_ns)
            with self._changed:
                seek_ns, self._seek_ns = self._seek_ns, None
            if seek_ns is not None:
                start_ns = seek_ns
            else:
                start_ns = self._first_ns + round(self._config.start_s * 1e9)
                again = ended and self._config.loop and self.counters.messages > 0

    def _play_from(self, start_ns: int) -> bool:
        """Play to the end; False where something came in between."""
        self._faults = []
        # At the first message nothing is older, so that nothing need be compared or gone over.
        later_ns = 0 if start_ns <= self._first_ns else start_ns
        messages = self._bag.messages(topics=self._topics, start_ns=later_ns, faults=self._faults)
        ahead = ReadAhead(self._until_the_end(messages))
        try:
            for message in ahead:
                if not self._wait_for(message.time_ns):
                    return False
                self._publish(message.topic, message.data)
                self.counters.messages += 1
                self.counters.bytes += len(message.data)
        finally:
            ahead.close()
            self.counters.damaged = sum(faults.count for faults in self._faults)
        return True

    def _until_the_end(self, messages: Iterator[StoredMessage]) -> Iterator[StoredMessage]:
        duration_ns = round(self._config.duration_s * 1e9)
        end_ns = self._first_ns + round(self._config.start_s * 1e9) + duration_ns
        return (message for message in messages if not duration_ns or message.time_ns < end_ns)

    def _wait_for(self, time_ns: int) -> bool:
        """Wait until a message is due; False where playing ends or goes on elsewhere."""
        due_s = self._wait_roughly(time_ns)
        if due_s is None:
            return False
        while (left_s := due_s - time.monotonic()) > 0:
            # Sleeping wakes up late by some 0.1 ms; the last stretch only lets other threads run.
            time.sleep(left_s - _SPIN_S if left_s > _SPIN_S else 0)
        late_s = time.monotonic() - due_s
        if late_s > LATE_S:
            self.counters.late += 1
        self.counters.worst_s = max(self.counters.worst_s, late_s)
        return True

    def _wait_roughly(self, time_ns: int) -> float | None:
        """Wait until shortly before a message is due; give when that is."""
        with self._changed:
            while not self._stopping and self._seek_ns is None:
                now_s = time.monotonic()
                due_s = self._schedule.due_s(time_ns, now_s)
                if self._schedule.paused:
                    self._changed.wait()
                elif due_s - now_s > _WAKE_BEFORE_S:
                    self._changed.wait(due_s - now_s - _WAKE_BEFORE_S)
                else:
                    return due_s
            return None
