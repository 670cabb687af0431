"""Reading a bag ahead of playing it, on a thread of its own: a slow disk or a compressed chunk delays no message."""

import threading
from collections.abc import Iterator

from aestream.bag.queue import ByteQueue
from aestream_core.errors import AestreamError
from aestream_core.formats.bags.storage import StoredMessage

READ_AHEAD_BYTES = 32_000_000


class ReadAhead:
    """Gives what an iterator gives, some megabytes ahead of it."""

    def __init__(self, messages: Iterator[StoredMessage], *, limit_bytes: int = READ_AHEAD_BYTES) -> None:
        """Begin to read."""
        self._messages = messages
        self._error: AestreamError | None = None
        self._queue: ByteQueue[StoredMessage] = ByteQueue(limit_bytes)
        self._thread = threading.Thread(target=self._read, name="aestream_read_ahead", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[StoredMessage]:
        """Give the messages.

        Raises:
            AestreamError: reading failed; every message before was given.
        """
        while (items := self._queue.take_all(None)) is not None:
            for message, size_bytes in items:
                self._queue.done(size_bytes)
                yield message
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """End the thread; what it had read is let go."""
        self._queue.close()
        self._thread.join()

    def _read(self) -> None:
        try:
            for message in self._messages:
                if not self._queue.put(message, len(message.data), wait=True):
                    return
        except AestreamError as error:
            self._error = error
        except Exception as error:
            self._error = AestreamError(f"reading the bag failed: {type(error).__name__}: {error}")
        finally:
            self._queue.close()
