"""Packets from main memory to a GPU. It has not run on one yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch.utils.dlpack import from_dlpack

from aestream_core.events import Events

SLOTS = 2
FIRST_EVENTS = 1 << 16


@dataclass
class _Slot:
    """A pinned buffer, its twin on the device, and the moment when both are free again."""

    host: torch.Tensor
    device: torch.Tensor
    free: torch.cuda.Event


class Upload:
    """Copies packets on a stream of its own, from two pinned buffers in turn: one asynchronous copy a packet.

    While the device works on one packet, the host fills the other buffer; nothing is made for a packet but the copy.
    """

    def __init__(self, device: torch.device) -> None:
        """Prepare the stream; buffers are made, and made larger, as packets need them."""
        self._device = device
        self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        self._slots: list[_Slot | None] = [None] * SLOTS
        self._turn = 0

    @contextmanager
    def bring(self, events: Events) -> Iterator[torch.Tensor]:
        """Give the records as (N,) int64 on the device; kernels that read them are started inside the `with`."""
        slot = self._slot(len(events))
        size = len(events)
        slot.host[:size].copy_(from_dlpack(events))
        work = torch.cuda.current_stream(self._device)
        with torch.cuda.stream(self._stream):
            slot.device[:size].copy_(slot.host[:size], non_blocking=True)
        work.wait_stream(self._stream)
        yield slot.device[:size]
        slot.free.record(work)

    def _slot(self, size: int) -> _Slot:
        self._turn = (self._turn + 1) % SLOTS
        slot = self._slots[self._turn]
        if slot is not None:
            slot.free.synchronize()
        if slot is None or slot.host.numel() < size:
            room = max(FIRST_EVENTS, 1 << (size - 1).bit_length())
            host = torch.empty(room, dtype=torch.int64, pin_memory=True)
            device = torch.empty(room, dtype=torch.int64, device=self._device)
            slot = _Slot(host, device, torch.cuda.Event())  # type: ignore[no-untyped-call]
            self._slots[self._turn] = slot
        return slot
