"""A camera's clock that goes on where the camera's own begins anew."""

JUMP_BACK_US = 1_000_000
"""A step back of the camera's clock that is taken for a restart, not for events out of order."""


class ContinuedClock:
    """Adds an offset to a camera's times so that they never start again.

    Attributes:
        offset_us: what to add to the camera's times, in µs.
        last_us: newest sensor time in µs so far.
    """

    def __init__(self) -> None:
        """Wait for the first time."""
        self.offset_us = 0
        self.last_us = 0
        self._read_ns: int | None = None
        self._restarted = False

    def restart(self) -> None:
        """Expect a clock that may begin anew; it goes on by what the host's clock says has passed."""
        self._restarted = self._read_ns is not None

    def follow(self, first_us: int, last_us: int, read_ns: int) -> None:
        """Take in a reading.

        Args:
            first_us: the camera's own time in µs of the first record.
            last_us: the camera's own time in µs of the last record.
            read_ns: monotonic host time in ns at which it was read.
        """
        back_us = self.last_us - (first_us + self.offset_us)
        if self._read_ns is not None and back_us > (0 if self._restarted else JUMP_BACK_US):
            passed_us = max(0, read_ns - self._read_ns) // 1000
            self.offset_us = self.last_us + max(1, passed_us) - first_us
        self.last_us = max(self.last_us, last_us + self.offset_us)
        self._restarted = False
        self._read_ns = read_ns
