"""Packets to launches: padded to one of few sizes, each size captured once as a CUDA graph, then replayed."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch

BUCKETS = (16, 64, 256, 1024, 4096, 16384)
"""Sizes that packets are padded to; longer ones go through in parts."""
_DRY_RUNS = 2


def bucket_of(events: int) -> int:
    """Give the smallest bucket that holds so many events, or the largest."""
    return next((size for size in BUCKETS if size >= events), BUCKETS[-1])


class Launches:
    """Runs one function on packets; on a GPU as one graph launch each, elsewhere by calling it."""

    def __init__(
        self, advance: Callable[[torch.Tensor], None], kept: tuple[torch.Tensor, ...], *, device: torch.device
    ) -> None:
        """Prepare.

        Args:
            advance: works on an inbox (see `DeviceNetwork.advance`), on tensors that stay where they are, without
                asking for a value.
            kept: tensors that it changes; dry runs before a capture leave them as they were.
            device: where all of them are.
        """
        self._advance, self._kept, self._device = advance, kept, device
        self._inboxes: dict[int, torch.Tensor] = {}
        self._graphs: dict[int, torch.cuda.CUDAGraph] = {}

    def run(self, tokens: npt.NDArray[np.integer], gaps_ms: npt.NDArray[np.float32]) -> None:
        """Take (N,) tokens and the gaps before them in; N is at most the largest bucket."""
        size = bucket_of(len(tokens))
        packed = np.zeros(2 * size + 1, np.int32)
        packed[: len(tokens)] = tokens
        packed[size : size + len(tokens)] = np.asarray(gaps_ms, np.float32).view(np.int32)
        packed[-1] = len(tokens)
        if self._device.type != "cuda":
            self._advance(torch.from_numpy(packed))
            return
        with torch.cuda.device(self._device):
            if size not in self._graphs:
                self._capture(size)
            self._inboxes[size].copy_(torch.from_numpy(packed))
            self._graphs[size].replay()

    def _capture(self, size: int) -> None:
        inbox = torch.zeros(2 * size + 1, dtype=torch.int32, device=self._device)
        before = [each.clone() for each in self._kept]
        side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(_DRY_RUNS):
                self._advance(inbox)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):
            self._advance(inbox)
        for each, value in zip(self._kept, before, strict=True):
            each.copy_(value)
        self._inboxes[size], self._graphs[size] = inbox, graph
