"""Time stamps of cells, for surfaces that remember: µs from a base, in 32 bits."""

import torch

from aestream_core.errors import InvalidArgumentError

NEVER = -(2**31)
"""What a cell that no event came to has for a time stamp."""

_NEWEST = 2**31 - 1
_REBASE_US = 2**30
"""How far from its base a window may end; then the base moves."""


class Stamps:
    """An array of time stamps that never runs over, however long the stream.

    Attributes:
        array: int32 µs from the base, `NEVER` where there was no event.
    """

    def __init__(self, shape: tuple[int, ...], device: torch.device) -> None:
        """Start with no stamps and no base."""
        self.array = torch.full(shape, NEVER, dtype=torch.int32, device=device)
        self._base_us: int | None = None

    def begin(self, start_us: int, end_us: int) -> None:
        """Move the base where the window would lie too far from it; stamps that fall out of reach become very old."""
        if self._base_us is None:
            self._base_us = start_us
        shift = start_us - self._base_us
        if abs(end_us - self._base_us) > _REBASE_US:
            moved = (self.array.long() - shift).clamp(NEVER + 1, _NEWEST).to(torch.int32)
            self.array.copy_(torch.where(self.array == NEVER, self.array, moved))
            self._base_us = start_us

    def stamp(self, t_us: int) -> int:
        """Give a time as a stamp, held within what 32 bits reach."""
        return max(NEVER + 1, min(_NEWEST, self.offset(t_us)))

    def offset(self, t_us: int) -> int:
        """Give how far behind the base a time lies, in µs.

        Raises:
            InvalidArgumentError: no window began.
        """
        if self._base_us is None:
            raise InvalidArgumentError("the surface has no window; call begin(start_us, end_us) first")
        return t_us - self._base_us
