"""Scores after every packet: the streaming engine in C++, on one core."""

import numpy as np
import numpy.typing as npt
import torch

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_snn import _ssm
from aestream_snn.ssm.arrays import layer_arrays, network_arrays
from aestream_snn.ssm.cells import Place, check_cells, place_cells
from aestream_snn.ssm.model import EventSSM
from aestream_snn.ssm.weights import check_finite

State = _ssm.State
Scores = npt.NDArray[np.float32]


class StreamingEngine:
    """Runs an `EventSSM` on packets of any size: `push(packet, state) -> (scores, state)`.

    Exact: scores equal those of the model on all events since the start, up to rounding, however they were cut into
    packets. The state has one size for ever. A layer that pools advances only when its window is full, so scores change
    with every `stride ** stages` events, and may be asked for after any. The first layer's input depends on the token
    alone and stands in a table: tokens x (width + 2 states) numbers.

    Time that goes backwards starts anew (`state.resets` counts). `forget_ms` lets the readout forget to 1/e in that
    time; 0, as in training, averages over everything since the start. With `upstream_time`, an event waits for the
    next.

    With `cells`, (columns, rows) of squares of pixels that share tokens, packets of any sensor are taken in: squares as
    large as fit, in its middle. Without, tokens are pixels, and the sensor has as many as in training.

    One engine serves one thread at a time; states are independent of each other.
    """

    def __init__(
        self, model: EventSSM, *, tick_ms: float = 1e-3, forget_ms: float = 0.0, cells: tuple[int, int] | None = None
    ) -> None:
        """Take the weights over; later changes of the model change nothing.

        Args:
            model: the trained network.
            tick_ms: what one unit of time is, in ms; events' times are in µs.
            forget_ms: see above.
            cells: see above.

        Raises:
            InvalidArgumentError: a weight is NaN or infinite, a real part is not negative, a time is, or cells are not
                half as many as tokens.
        """
        if not tick_ms > 0 or not forget_ms >= 0:
            raise InvalidArgumentError(f"tick_ms is {tick_ms!r}, forget_ms {forget_ms!r}; over 0, and 0 or more")
        check_cells(cells, model.config.tokens)
        check_finite(model.state_dict())
        with torch.no_grad():
            self._native = _ssm.Engine(
                network_arrays(model, tick_ms=tick_ms, forget_ms=forget_ms), list(layer_arrays(model, tick_ms=tick_ms))
            )
        self.config, self._cells = model.config, cells

    def start(self) -> State:
        """Give the state before the first event."""
        return self._native.start()

    def push(self, packet: Events, state: State) -> tuple[Scores, State]:
        """Take a packet in; events outside its sensor are left out and counted (`state.outside`).

        Args:
            packet: events of a sensor with half as many pixels as the model has tokens; of any sensor with `cells`.
            state: is updated in place and given back; `state.copy()` keeps one.

        Returns:
            (classes,) float32 scores of all events so far, and the state.
        """
        return self._native.push_words(packet.words(), packet.t0_us, self._place(packet), state), state

    def remember(self, forget_ms: float) -> None:
        """Let the readout forget to 1/e in that time, from the next packet on; 0 is never.

        Raises:
            InvalidArgumentError: the time is negative.
        """
        if not forget_ms >= 0:
            raise InvalidArgumentError(f"forget_ms is {forget_ms!r}; it must be 0 or more")
        self._native.remember(forget_ms)

    def _place(self, packet: Events) -> Place:
        return place_cells(packet.width, packet.height, cells=self._cells, tokens=self.config.tokens)

    def push_tokens(self, tokens: npt.ArrayLike, ticks: npt.ArrayLike, state: State) -> tuple[Scores, State]:
        """Take (N,) tokens with their (N,) times in ticks in; as `push`.

        Raises:
            InvalidArgumentError: a token is unknown; nothing was taken in.
        """
        numbers = np.asarray(tokens)
        try:
            scores = self._native.push_tokens(numbers.astype(np.uint32), np.asarray(ticks, np.int64), state)
        except IndexError as error:
            where = int(str(error))
            raise InvalidArgumentError(
                f"token {where} is {int(numbers.flat[where])}; it must be 0 to {self.config.tokens - 1}"
            ) from None
        return scores, state

    def scores(self, state: State) -> Scores:
        """Score all events so far; before the first full window, the head's bias."""
        return self._native.scores(state)
