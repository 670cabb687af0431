"""Run a network over a recording or a data set, and keep what a report tells of it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from aestream_snn.data.frames import FrameConfig, make_frames
from aestream_snn.data.recordings import Recordings, Words, records_of
from aestream_snn.models.network import SpikingNetwork
from aestream_snn.monitoring.monitor import Monitor
from aestream_snn.monitoring.reading import Reading
from aestream_snn.training.accuracy import Verdict
from aestream_snn.training.batches import batches_in_order

BATCH = 32
CHUNK = 64
"""Steps of a recording that are in memory at once."""

Told = Callable[[int, int], None]
"""Called with what is done, and of how much."""


@dataclass(frozen=True)
class Watched:
    """What a network did.

    Attributes:
        reading: numbers a layer, and distributions.
        spikes: (T, layers) spikes that each layer handed on in a step, the mean over recordings.
        events: (T,) events of the input in a step, the mean over recordings.
        outputs: (T, classes) spikes of the last layer, the mean over recordings.
        step_us: time of a step in µs; None where steps are of equal numbers of events.
        verdict: what it said; None where nobody knows what is right.
    """

    reading: Reading
    spikes: Tensor
    events: Tensor
    outputs: Tensor
    step_us: float | None
    verdict: Verdict | None


def watch_recordings(
    network: SpikingNetwork, recordings: Recordings, frames: FrameConfig, *, progress: Told | None = None
) -> Watched:
    """Watch a network over recordings with labels."""
    monitor, classes = Monitor(network, fields=True), len(recordings.classes)
    traces, confusion, done = [], torch.zeros(classes, classes, dtype=torch.int64), 0
    for sequence, labels in batches_in_order(recordings, frames, size=BATCH):
        trace = _trace(monitor, network, sequence.unbind(0))
        said = trace.scores.argmax(1)
        confusion += torch.bincount(labels * classes + said, minlength=classes**2).reshape(classes, classes)
        traces.append(trace)
        done += len(labels)
        if progress is not None:
            progress(done, len(recordings))
    spikes, events, outputs = (
        torch.stack([getattr(trace, name) for trace in traces]).sum(0) / done
        for name in ("spikes", "events", "outputs")
    )
    verdict = Verdict(recordings.classes, confusion)
    return Watched(monitor.reading(), spikes, events, outputs, step_us_of(frames), verdict)


def watch_words(
    network: SpikingNetwork, words: Words, size: tuple[int, int], frames: FrameConfig, *, progress: Told | None = None
) -> Watched:
    """Watch a network over one recording of any length, from begin to end, with one state.

    Args:
        network: what is watched.
        words: the events; times count from the first on.
        size: width and height of the sensor in pixels. Its centre is what the network sees, in cells as large as fit.
        frames: of what length the steps are.
        progress: told how far it is.
    """
    monitor = Monitor(network, fields=True)
    trace = _trace(monitor, network, _steps(network, words, size, frames, progress))
    return Watched(monitor.reading(), trace.spikes, trace.events, trace.outputs, step_us_of(frames), None)


def step_us_of(frames: FrameConfig) -> float | None:
    """Give the time of a step in µs; None where steps are of equal numbers of events, or as long as a recording."""
    return frames.duration_us / frames.steps if frames.by == "time" and frames.duration_us else None


def centred(words: Words, size: tuple[int, int], shape: tuple[int, int, int]) -> tuple[Words, int, tuple[int, int]]:
    """Take the centre of a sensor that a network's input covers in the largest whole cells.

    A sensor smaller than the input lies in its centre.

    Returns:
        The events with coordinates in that part, the side of a cell in pixels, and (width, height) of the part.
    """
    (width, height), (_, rows, columns) = size, shape
    shrink = max(1, min(width // columns, height // rows))
    part = (columns * shrink, rows * shrink)
    left, top = (width - part[0]) // 2, (height - part[1]) // 2
    records = records_of(words)
    x, y = records["x"].astype(int) - left, (records["yp"] & 0x7FFF).astype(int) - top
    inside = (x >= 0) & (x < part[0]) & (y >= 0) & (y < part[1])
    kept = records[inside].copy()
    kept["x"] = x[inside]
    kept["yp"] = (kept["yp"] & 0x8000) | y[inside].astype(kept["yp"].dtype)
    return kept.view(words.dtype), shrink, part


@dataclass(frozen=True)
class _Trace:
    spikes: Tensor
    events: Tensor
    outputs: Tensor
    scores: Tensor


@torch.no_grad()
def _trace(monitor: Monitor, network: SpikingNetwork, steps: Iterable[Tensor]) -> _Trace:
    state, spikes, events, outputs, scores = network.initial_state(), [], [], [], torch.zeros(())
    for x in steps:
        handed_on, state = network.step_layers(x, state)
        monitor.observe(x, handed_on, state)
        spikes.append(torch.stack([each.sum() for each in handed_on]))
        events.append(x.sum())
        outputs.append(handed_on[-1].sum(0))
        scores = scores + handed_on[-1]
    return _Trace(torch.stack(spikes), torch.stack(events), torch.stack(outputs), scores)


def _steps(
    network: SpikingNetwork, words: Words, size: tuple[int, int], frames: FrameConfig, progress: Told | None
) -> Iterator[Tensor]:
    words, shrink, part = centred(words, size, network.input_shape)
    records, step_us = records_of(words), step_us_of(frames)
    if step_us is None:
        config = FrameConfig(steps=frames.steps, by=frames.by, shrink=shrink)
        yield from make_frames([words], width=part[0], height=part[1], config=config).unbind(0)
        return
    length_us = round(step_us * CHUNK)
    chunks = -(-(int(records["t"].max()) + 1) // length_us) if len(records) else 1
    config = FrameConfig(steps=CHUNK, duration_us=length_us, shrink=shrink)
    for chunk in range(chunks):
        inside = (records["t"] >= chunk * length_us) & (records["t"] < (chunk + 1) * length_us)
        cut = records[inside].copy()
        cut["t"] -= chunk * length_us
        yield from make_frames([cut.view(words.dtype)], width=part[0], height=part[1], config=config).unbind(0)
        if progress is not None:
            progress(chunk + 1, chunks)
