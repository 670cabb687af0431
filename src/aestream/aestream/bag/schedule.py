"""When a message of a recording is due: recorded time against the time of this machine."""

_JUMP_NS = 1_000_000_000


class Schedule:
    """Maps recorded time to the monotonic clock, at a rate that may change and with pauses.

    Not safe for several threads; whoever shares it locks.
    """

    def __init__(self, rate: float, *, paused: bool = False) -> None:
        """Begin with the first message that is asked for."""
        self._rate = rate
        self._paused = paused
        self._anchor: tuple[int, float] | None = None
        self._newest_ns = 0

    @property
    def paused(self) -> bool:
        """Whether time stands still."""
        return self._paused

    def due_s(self, time_ns: int, now_s: float) -> float:
        """Give the time of the monotonic clock at which a message is due; now at a rate of 0.

        Where recorded time goes back by over a second the clock of the recorder was set: what follows goes on at once.
        """
        if self._anchor is None or time_ns < self._newest_ns - _JUMP_NS:
            self._anchor, self._newest_ns = (time_ns, now_s), time_ns
        self._newest_ns = max(self._newest_ns, time_ns)
        if self._rate == 0:
            return now_s
        begin_ns, begin_s = self._anchor
        return begin_s + (self._newest_ns - begin_ns) / 1e9 / self._rate

    def position_ns(self, now_s: float) -> int:
        """Give the recorded time that is now; 0 before the first message."""
        if self._anchor is None:
            return 0
        begin_ns, begin_s = self._anchor
        if self._paused or self._rate == 0:
            return begin_ns if self._paused else self._newest_ns
        return begin_ns + round((now_s - begin_s) * self._rate * 1e9)

    def set_rate(self, rate: float, now_s: float) -> None:
        """Go on at another rate."""
        self._hold(now_s)
        self._rate = rate

    def set_paused(self, paused: bool, now_s: float) -> None:
        """Stop time, or let it go on where it stopped."""
        if paused != self._paused:
            self._hold(now_s)
            self._paused = paused

    def restart(self) -> None:
        """Begin anew with the next message that is asked for."""
        self._anchor = None
        self._newest_ns = 0

    def _hold(self, now_s: float) -> None:
        if self._anchor is not None:
            self._anchor = (self.position_ns(now_s), now_s)
