"""To Speck: the plan, the file that the bridge loads, and what the chip's integer twin answers."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from aestream_bridge.speck import Network, Plan, Twin, from_spiking_network, plan, save_network
from aestream_bridge.speck.spikes import make_spikes
from aestream_core.errors import InvalidArgumentError
from aestream_snn.data.frames import FrameConfig
from aestream_snn.data.recordings import Recordings, Words, records_of
from aestream_snn.models.network import SpikingNetwork
from aestream_snn.models.quantise import quantised
from aestream_snn.training.accuracy import Verdict, judge


@dataclass(frozen=True)
class SpeckAccuracy:
    """One network, three ways to run it, the same recordings.

    Attributes:
        recordings: how many.
        exact: accuracy in floats, by steps.
        int8: accuracy with 8-bit weights, by steps.
        twin: accuracy of the chip's twin: integers, event by event, one spike a neuron and event.
        synops: synaptic operations of a recording in the twin.
    """

    recordings: int
    exact: float
    int8: float
    twin: float
    synops: float


def to_speck(model: SpikingNetwork, *, name: str, labels: tuple[str, ...], device: str = "speck2f") -> Plan:
    """Plan a network for a chip.

    Raises:
        PlanError: it does not fit; `violations` says where.
        InvalidArgumentError: its neurons are none that a core has.
        UnknownNameError: there is no such chip.
    """
    return plan(speck_network(model, name=name, labels=labels), device=device)


def speck_network(model: SpikingNetwork, *, name: str, labels: tuple[str, ...]) -> Network:
    """Say a network in the bridge's words."""
    return from_spiking_network(model, name=name, labels=labels)


def write_speck(made: Plan, path: Path) -> None:
    """Write the planned integers where the bridge's node and `aestream speck` read them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_network(made.network, path)


def compare(model: SpikingNetwork, network: Network, recordings: Recordings, frames: FrameConfig) -> SpeckAccuracy:
    """Run the network in floats, in 8 bits, and in the twin.

    Args:
        model: in floats.
        network: the same in integers, as a plan has it.
        recordings: with labels.
        frames: how the network sees them by steps. The twin sees their events one by one, in the same cells and time.

    Raises:
        InvalidArgumentError: frames are of equal numbers of events with no time of their own.
    """
    verdict, synops = judge_twin(network, recordings, frames)
    exact, int8 = (judge(each, recordings, frames).accuracy for each in (model, quantised(model)))
    return SpeckAccuracy(len(recordings), exact, int8, verdict.accuracy, synops)


def judge_twin(network: Network, recordings: Recordings, frames: FrameConfig) -> tuple[Verdict, float]:
    """Ask the twin about all recordings; give what it said, and its synaptic operations of a recording."""
    twin, classes = Twin(network), len(recordings.classes)
    confusion = torch.zeros(classes, classes, dtype=torch.int64)
    for index in range(len(recordings)):
        twin.reset()
        twin.inject(input_spikes(recordings.words(index), network.input_shape, frames))
        counts = np.bincount(twin.take()["feature"], minlength=classes)
        confusion[int(recordings.labels[index]), int(counts.argmax())] += 1
    return Verdict(recordings.classes, confusion), twin.total().synops / max(len(recordings), 1)


def input_spikes(words: Words, shape: tuple[int, int, int], frames: FrameConfig) -> np.ndarray:  # type: ignore[type-arg]
    """Give events as a chip's input takes them, one spike each, in the cells of the frames."""
    if shape[0] != 2:
        raise InvalidArgumentError(f"the network's input has {shape[0]} channels; frames have 2, off and on")
    records = records_of(words)
    x, y = records["x"] // frames.shrink, (records["yp"] & 0x7FFF) // frames.shrink
    inside = (x < shape[2]) & (y < shape[1])
    if frames.by == "time" and frames.duration_us is not None:
        inside &= records["t"] < frames.duration_us
    return make_spikes(records["t"][inside], records["yp"][inside] >> 15, y[inside], x[inside])
