"""Input to answers: state across windows, resets where time jumps, late input left out, everything counted."""

import math
from dataclasses import dataclass

import torch

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_gpu.windows import Window
from aestream_snn.online.base import EventModel, OnlineModel, Scores, TensorModel
from aestream_snn.online.config import InferenceConfig


@dataclass(frozen=True, eq=False)
class Answer:
    """What the model says at one moment.

    Attributes:
        scores: (classes,) float32 probabilities.
        best: index of the largest, the first of equals.
        t_us: sensor time in µs of the newest event that was seen, or the last µs of its window.
        event_count: events seen since the model's last reset.
        arrived_ns: host time in ns at which that event arrived; 0 where unknown.
    """

    scores: Scores
    best: int
    t_us: int
    event_count: int
    arrived_ns: int

    @property
    def nbytes(self) -> int:
        """Bytes of the scores, as the exchange asks."""
        return int(self.scores.nbytes)


@dataclass
class RunCounters:
    """What went through; written by one thread, read by any.

    Attributes:
        events: events in what was run.
        inputs: windows or packets that were run.
        answers: answers that were given.
        late_events: events in what was left out, as it had waited longer than the deadline.
        late_inputs: windows or packets that were left out.
        resets: times that the model forgot everything.
        bytes_copied: bytes of tensors that came from another device.
        t_us: sensor time in µs of the newest event.
    """

    events: int = 0
    inputs: int = 0
    answers: int = 0
    late_events: int = 0
    late_inputs: int = 0
    resets: int = 0
    bytes_copied: int = 0
    t_us: int = 0


class Runner:
    """Runs a model on what comes, in order.

    Attributes:
        model: the model.
        counters: what went through.
        config: deadline, gap and rate; may be replaced between inputs.
        remark: what users should know of the input, though the model runs; empty where it is as in training.
    """

    def __init__(self, model: OnlineModel, config: InferenceConfig) -> None:
        """Start with a model that has seen nothing."""
        self.model, self.config, self.counters, self.remark = model, config, RunCounters(), ""
        self._span = (0, 0)
        self._seen = 0
        self._arrived_ns = 0
        self._due_us = -math.inf
        self._unsaid = False

    def take(self, payload: object, *, arrived_ns: int = 0, waited_ns: int = 0) -> Answer | None:
        """Take a window or a packet in.

        Args:
            payload: a `Window` for a model of tensors, `Events` for a model of events.
            arrived_ns: host time in ns at which its last event arrived; 0 where unknown.
            waited_ns: host time in ns that it waited for its turn.

        Returns:
            What the model says now, unless the input was left out or the next answer is not due yet.

        Raises:
            InvalidArgumentError: the model cannot take it.
        """
        events, span = _about(payload)
        if not events:
            return None
        windows = self._windows_since(span)
        self._span = span
        if self._is_late(waited_ns):
            self.counters.late_inputs += 1
            self.counters.late_events += events
            return None
        self._run(payload, windows)
        self._count(events, span)
        self._arrived_ns = arrived_ns
        return self._answer() if span[1] >= self._due_us else None

    def flush(self) -> Answer | None:
        """Give what the model says after the last input, if nobody was told yet."""
        return self._answer() if self._unsaid else None

    def _windows_since(self, span: tuple[int, int]) -> float:
        """Give the windows from the last input to this one; reset where the last is of another time."""
        gap_us = span[0] - self._span[1]
        if self._span[1] and (span[0] < self._span[0] or gap_us > self.config.reset_gap_ms * 1000):
            self._reset()
            return 1.0
        length_us = max(span[1] - span[0], 1)
        return 1.0 + max(gap_us, 0) // length_us if self._seen else 1.0

    def _reset(self) -> None:
        self.model.reset()
        self.counters.resets += 1
        self._seen, self._due_us = 0, -math.inf

    def _is_late(self, waited_ns: int) -> bool:
        return 0 < self.config.deadline_ms * 1e6 < waited_ns

    def _run(self, payload: object, windows: float) -> None:
        model = self.model
        if isinstance(payload, Window) and isinstance(model, TensorModel):
            if payload.tensor.device != model.device:
                self.counters.bytes_copied += payload.nbytes
            self._compare(payload, model.window_us)
            model.step(payload.tensor, windows=windows)
        elif isinstance(payload, Events) and isinstance(model, EventModel):
            before = model.resets
            model.push(payload)
            self.counters.resets += model.resets - before
        else:
            raise InvalidArgumentError(f"{model.name} takes {model.takes}, not {type(payload).__name__}")

    def _compare(self, window: Window, trained_us: int) -> None:
        length_us = window.end_us - window.start_us
        if not self.remark and abs(length_us - trained_us) > 0.02 * trained_us:
            self.remark = f"windows are {length_us} us long; {self.model.name} was trained on {trained_us} us"

    def _count(self, events: int, span: tuple[int, int]) -> None:
        self._seen += events
        self.counters.events += events
        self.counters.inputs += 1
        self.counters.t_us = span[1] - 1
        self._unsaid = True

    def _answer(self) -> Answer:
        scores = self.model.scores()
        end_us, rate_hz = self._span[1], self.config.max_rate_hz
        self._due_us = -math.inf if rate_hz == 0 else end_us + 1e6 / rate_hz
        self._unsaid = False
        self.counters.answers += 1
        return Answer(scores, int(scores.argmax()), end_us - 1, self._seen, self._arrived_ns)


def _about(payload: object) -> tuple[int, tuple[int, int]]:
    """Give the number of events and the span of sensor time, half-open."""
    if isinstance(payload, Window):
        return payload.event_count, (payload.start_us, payload.end_us)
    if isinstance(payload, Events):
        return len(payload), (payload.first_us, payload.last_us + 1) if len(payload) else (0, 0)
    raise InvalidArgumentError(f"{type(payload).__name__} is neither a window nor a packet of events")


def prepare_torch(threads: int) -> None:
    """Set the threads of torch, where they are to be set."""
    if threads:
        torch.set_num_threads(threads)
