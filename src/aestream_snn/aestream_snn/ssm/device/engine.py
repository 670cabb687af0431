"""Scores after every packet, on a GPU."""

from collections.abc import Iterator
from copy import deepcopy
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import torch

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_snn.ssm.cells import cell_tokens, check_cells, place_cells
from aestream_snn.ssm.device.launches import BUCKETS, Launches
from aestream_snn.ssm.device.network import DeviceNetwork
from aestream_snn.ssm.device.state import DeviceState
from aestream_snn.ssm.model import EventSSM
from aestream_snn.ssm.scan import Backend
from aestream_snn.ssm.weights import check_finite

Scores = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


class DeviceEngine:
    """Runs an `EventSSM` on packets as `StreamingEngine` does, with the state and the weights on a device.

    A packet is one copy to the device, one graph launch and one copy of the scores back. In it, each layer is a scan
    over the packet from the state that the last packet left. Where `StreamingEngine` computes event after event, this
    one computes layer after layer, which suits large packets.

    One engine serves one thread at a time; states are independent of each other.
    """

    def __init__(
        self,
        model: EventSSM,
        *,
        device: torch.device,
        tick_ms: float = 1e-3,
        forget_ms: float = 0.0,
        cells: tuple[int, int] | None = None,
        backend: Backend = "auto",
    ) -> None:
        """Take the weights over; later changes of the model change nothing.

        Args:
            model: the trained network.
            device: where it is to run; on a CPU it works too, slower than `StreamingEngine`.
            tick_ms: what one unit of time is, in ms; events' times are in µs.
            forget_ms: time in which the readout forgets to 1/e; 0 is never.
            cells: as in `StreamingEngine`.
            backend: of the scan.

        Raises:
            InvalidArgumentError: as in `StreamingEngine`.
        """
        if not tick_ms > 0:
            raise InvalidArgumentError(f"tick_ms is {tick_ms!r}; it must be over 0")
        check_cells(cells, model.config.tokens)
        check_finite(model.state_dict())
        self.config, self._cells, self._tick_ms = model.config, cells, tick_ms
        self._network = DeviceNetwork(deepcopy(model).cpu(), device=device, backend=backend)
        kept = self._network.numbers, self._network.readout, self._network.scores
        self._launches = Launches(self._network.advance, kept, device=device)
        self.remember(forget_ms)

    def start(self) -> DeviceState:
        """Give the state before the first event."""
        return DeviceState(torch.zeros_like(self._network.numbers), torch.zeros_like(self._network.readout))

    def remember(self, forget_ms: float) -> None:
        """Let the readout forget to 1/e in that time, from the next packet on; 0 is never.

        Raises:
            InvalidArgumentError: the time is negative.
        """
        if not forget_ms >= 0:
            raise InvalidArgumentError(f"forget_ms is {forget_ms!r}; it must be 0 or more")
        self._network.forget_rate.fill_(1 / forget_ms if forget_ms else 0.0)

    def push(self, packet: Events, state: DeviceState) -> tuple[Scores, DeviceState]:
        """Take a packet in; events outside its sensor are left out and counted (`state.outside`).

        Args:
            packet: as in `StreamingEngine.push`.
            state: is updated in place and given back; `state.copy()` keeps one.

        Returns:
            (classes,) float32 scores of all events so far, and the state.
        """
        place = place_cells(packet.width, packet.height, cells=self._cells, tokens=self.config.tokens)
        tokens, times, outside = cell_tokens(packet, place)
        scores = self._push(tokens, times, state)
        state.outside += outside
        return scores, state

    def push_tokens(
        self, tokens: npt.ArrayLike, ticks: npt.ArrayLike, state: DeviceState
    ) -> tuple[Scores, DeviceState]:
        """Take (N,) tokens with their (N,) times in ticks in; as `push`.

        Raises:
            InvalidArgumentError: a token is unknown; nothing was taken in.
        """
        numbers = np.asarray(tokens, np.int64)
        unknown = np.flatnonzero((numbers < 0) | (numbers >= self.config.tokens))
        if unknown.size:
            where = int(unknown[0])
            raise InvalidArgumentError(f"token {where} is {numbers[where]}; it must be 0 to {self.config.tokens - 1}")
        return self._push(numbers, np.asarray(ticks, np.int64), state), state

    @torch.no_grad()
    def scores(self, state: DeviceState) -> Scores:
        """Score all events so far; before the first full window, the head's bias."""
        self._check(state)
        scores: Scores = self._network.score(state.readout).float().cpu().numpy()
        return scores

    def _check(self, state: DeviceState) -> None:
        shapes = self._network.numbers.shape, self._network.readout.shape
        if (state.numbers.shape, state.readout.shape) != shapes:
            raise InvalidArgumentError("the state comes from an engine of another shape")

    @torch.no_grad()
    def _push(self, tokens: Ints, ticks: Ints, state: DeviceState) -> Scores:
        self._check(state)
        network = self._network
        network.numbers.copy_(state.numbers)
        network.readout.copy_(state.readout)
        ran = False
        for part, gaps_ms in self._parts(tokens, ticks, state):
            ran = len(part) > 0  # the part before may be of a stream that is forgotten
            for first in range(0, len(part), BUCKETS[-1]):
                self._launches.run(part[first : first + BUCKETS[-1]], gaps_ms[first : first + BUCKETS[-1]])
        state.numbers.copy_(network.numbers)
        state.readout.copy_(network.readout)
        scores: Scores = network.scores.cpu().numpy() if ran else self.scores(state)
        return scores.copy()

    def _parts(self, tokens: Ints, ticks: Ints, state: DeviceState) -> Iterator[tuple[Ints, npt.NDArray[np.float32]]]:
        """Cut where time goes backwards; keep the counters, and the token that waits."""
        if not len(tokens):
            return
        steps = np.diff(ticks, prepend=state.last_ticks if state.begun else ticks[0])
        cuts = [0, *np.flatnonzero(steps < 0).tolist(), len(tokens)]
        for begin, end in pairwise(cuts):
            if steps[begin] < 0:
                self._begin_anew(state)
                steps[begin] = 0
            if begin < end:
                yield self._paired(tokens[begin:end], steps[begin:end], state)
        state.last_ticks = int(ticks[-1])

    def _begin_anew(self, state: DeviceState) -> None:
        state.begin_anew()
        self._network.numbers.zero_()
        self._network.readout.zero_()

    def _paired(self, tokens: Ints, steps: Ints, state: DeviceState) -> tuple[Ints, npt.NDArray[np.float32]]:
        """Pair tokens with the gap before them, or with that after them (`upstream_time`); count them."""
        state.begun = True
        state.events += len(tokens)
        if self.config.upstream_time:
            waiting = [] if state.pending is None else [state.pending]
            state.pending = int(tokens[-1])
            tokens, steps = np.array([*waiting, *tokens[:-1]], np.int64), steps[0 if waiting else 1 :]
        before = state.taken // self.config.downsampling
        state.taken += len(tokens)
        state.outputs += state.taken // self.config.downsampling - before
        return tokens, (steps * self._tick_ms).astype(np.float32)
