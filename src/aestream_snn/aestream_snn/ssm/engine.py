"""Scores after every packet: the streaming engine in C++, on one core."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_snn import _ssm
from aestream_snn.ssm.block import SSMLayer
from aestream_snn.ssm.discretise import input_gain
from aestream_snn.ssm.model import EventSSM
from aestream_snn.ssm.norms import MaskedBatchNorm
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
        if cells is not None and (min(cells) < 1 or 2 * cells[0] * cells[1] != model.config.tokens):
            raise InvalidArgumentError(f"cells are {cells}; two tokens each must make {model.config.tokens}")
        check_finite(model.state_dict())
        with torch.no_grad():
            self._native = _ssm.Engine(_network(model, tick_ms, forget_ms), list(_layers(model, tick_ms)))
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
        place = self._place(packet.width, packet.height)
        return self._native.push_words(packet.words(), packet.t0_us, place, state), state

    def remember(self, forget_ms: float) -> None:
        """Let the readout forget to 1/e in that time, from the next packet on; 0 is never.

        Raises:
            InvalidArgumentError: the time is negative.
        """
        if not forget_ms >= 0:
            raise InvalidArgumentError(f"forget_ms is {forget_ms!r}; it must be 0 or more")
        self._native.remember(forget_ms)

    def _place(self, width: int, height: int) -> tuple[int, int, int, int, int]:
        """Give the first pixel, the side, and how many cells there are: as large as fit, in the middle."""
        columns, rows = self._cells or (width, height)
        side = min(width // columns, height // rows)
        if side < 1 or 2 * columns * rows != self.config.tokens:
            wanted = f"at least {columns} x {rows}" if self._cells else f"{self.config.tokens // 2}"
            raise InvalidArgumentError(
                f"the sensor is {width} x {height}; it must have {wanted} pixels, as in training"
            )
        return (width - side * columns) // 2, (height - side * rows) // 2, side, columns, rows

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


def _network(model: EventSSM, tick_ms: float, forget_ms: float) -> dict[str, object]:
    config = model.config
    return {
        "width": config.width, "pooling": config.pooling, "readout": config.readout, "tick_ms": tick_ms,
        "forget_ms": forget_ms, "upstream_time": config.upstream_time,
        "embedding": model.embedding.weight.numpy(), "head": model.head.weight.numpy(),
        "head_bias": model.head.bias.numpy(),
    }  # fmt: skip


def _layers(model: EventSSM, tick_ms: float) -> Iterator[dict[str, object]]:
    for layer in model.layers():
        scale, bias = _norm(layer)
        yield {
            "into": layer.norm.weight.numel(), "out": layer.gate.out_features, "stride": layer.stride,
            "layer_norm": not isinstance(layer.norm, MaskedBatchNorm), "norm_scale": scale, "norm_bias": bias,
            **_ssm_arrays(layer, tick_ms),
            "gate": layer.gate.weight.numpy(), "gate_bias": layer.gate.bias.numpy(), **_skip(layer),
        }  # fmt: skip


def _norm(layer: SSMLayer) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    norm = layer.norm
    if not isinstance(norm, MaskedBatchNorm):
        return norm.weight.numpy(), norm.bias.numpy()
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
    return scale.numpy(), (norm.bias - norm.running_mean * scale).numpy()


def _skip(layer: SSMLayer) -> dict[str, object]:
    nothing = np.zeros(0, np.float32)
    if not isinstance(layer.skip, torch.nn.Linear):
        return {"skip": nothing, "skip_bias": nothing}
    return {"skip": layer.skip.weight.numpy(), "skip_bias": layer.skip.bias.numpy()}


def _ssm_arrays(layer: SSMLayer, tick_ms: float) -> dict[str, object]:
    ssm = layer.ssm
    rates, steps = (each.to(torch.promote_types(each.dtype, torch.float64)) for each in ssm.rates())
    if not bool((rates.real <= 0).all()):
        raise InvalidArgumentError("a rate has a real part over 0: states would grow without bounds")
    b = torch.view_as_complex(ssm.b).to(torch.complex128)
    gains = torch.zeros(0, dtype=torch.complex128)
    if ssm.config.discretisation == "zoh":
        gains = steps / rates
    else:
        gain = input_gain(ssm.config.discretisation, rates, steps, steps)
        b = b if gain is None else b * gain[:, None]
    scale = 2.0 if ssm.config.conjugate else 1.0
    c = ssm.c.transpose(1, 2) * ssm.c.new_tensor([scale, -scale])[:, None]
    return {
        "rates": (rates * tick_ms).numpy(), "gains": gains.numpy(), "d": ssm.d.numpy(),
        "b": torch.stack([b.real, b.imag]).float().numpy(), "c": c.contiguous().numpy(),
    }  # fmt: skip
