"""Train the last layer again on what the chip's twin fires, not on what a simulation by steps says it fires.

By steps, inputs of both signs cancel before a neuron can fire, and the lower bound cuts only what is left; event by
event neither is so. The layers differ by some percent in their spikes, and the last layer can learn that: it is a
matrix, so this takes seconds. Integers and thresholds of the other layers stay.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aestream_bridge.speck import Network, Twin, plan
from aestream_core.errors import InvalidArgumentError
from aestream_snn.data.augment import Place, augmented
from aestream_snn.data.noise import noise_for
from aestream_snn.data.recordings import Recordings
from aestream_snn.export.speck import input_spikes, judge_twin, speck_network
from aestream_snn.models.layers import Dense
from aestream_snn.models.network import SpikingNetwork
from aestream_snn.training.config import DataConfig, TaskConfig
from aestream_snn.training.loss import scores_and_loss

Told = Callable[[int, int], None]


@dataclass(frozen=True)
class ReadoutConfig:
    """How the last layer is trained.

    Attributes:
        steps: of a recording, as the last layer sees it; it runs by steps, so they are short.
        passes: over the recordings, each with augmentations of its own.
        epochs: over what the twin fired.
        batch: recordings of an update.
        rate: largest learning rate; falls to 0 along a cosine.
        score_scale: factor on spike counts in the loss.
        seed: of augmentations and order.
    """

    steps: int = 64
    passes: int = 3
    epochs: int = 20
    batch: int = 32
    rate: float = 1e-3
    score_scale: float = 0.5
    seed: int = 0


def retrain_readout(
    model: SpikingNetwork,
    train: Recordings,
    data: DataConfig,
    config: ReadoutConfig | None = None,
    *,
    progress: Told | None = None,
) -> SpikingNetwork:
    """Give a copy of a network whose last layer is trained on the twin's spikes.

    Args:
        model: not changed; its last layer is dense.
        train: training data, none of the test data.
        data: how recordings become frames, and how they are augmented.
        config: how the layer is trained.
        progress: told how far it is.

    Raises:
        InvalidArgumentError: the last layer is not dense, or the only one.
        PlanError: the network does not fit.
    """
    config = config or ReadoutConfig()
    if len(model.layers) < 2 or not isinstance(model.layers[-1], Dense):
        raise InvalidArgumentError("the last of two layers or more must be dense to be trained on the twin's spikes")
    integers = plan(speck_network(model, name="readout", labels=())).network
    spikes, labels = _fired(integers, train, data, config, progress)
    head = _train(_head(model, tuple(spikes.shape[2:])), spikes, labels, config)
    made = copy.deepcopy(model)
    with torch.no_grad():
        list(made.parts())[-1][1].weight.copy_(next(iter(head.parts()))[1].weight)
    return made


def better_readout(
    model: SpikingNetwork, train: Recordings, validation: Recordings, data: DataConfig, *, progress: Told | None = None
) -> SpikingNetwork:
    """Train the last layer again, and keep it only where the twin then does better on the validation data."""
    made = retrain_readout(model, train, data, progress=progress)
    before, after = (_twin_accuracy(each, validation, data) for each in (model, made))
    return made if after > before else model


def _twin_accuracy(model: SpikingNetwork, recordings: Recordings, data: DataConfig) -> float:
    network = plan(speck_network(model, name="readout", labels=())).network
    return judge_twin(network, recordings, data.frames)[0].accuracy


def _fired(
    network: Network, train: Recordings, data: DataConfig, config: ReadoutConfig, progress: Told | None
) -> tuple[Tensor, Tensor]:
    """Give (steps, R, C, H, W) uint8, what the layers before the last hand on, and (R,) labels."""
    before = network.layers[-2]
    twin, pooling = Twin(network, monitored=[before.name]), before.destinations[0].pooling
    channels, side = _head_shape(network)
    noise = noise_for(train, data.frames, data.augment, seed=config.seed)
    place = Place(train.width, train.height, np.random.default_rng(config.seed), noise)
    total = config.passes * len(train)
    frames = np.zeros((total, config.steps, channels, side, side), np.uint8)
    labels = torch.zeros(total, dtype=torch.int64)
    for number in range(total):
        words, labels[number] = augmented(train, number % len(train), data.augment, place)
        inputs = input_spikes(words, network.input_shape, data.frames)
        twin.reset()
        twin.inject(inputs)
        length_us = data.frames.duration_us or int(inputs["t"].max(initial=0)) + 1
        _count(twin.take(), frames[number], pooling, length_us)
        if progress is not None:
            progress(number + 1, total)
    return torch.from_numpy(frames).transpose(0, 1), labels


def _count(spikes: "np.ndarray", into: "np.ndarray", pooling: int, length_us: int) -> None:  # type: ignore[type-arg]
    """Count spikes into (steps, C, H, W), at most 255 a cell."""
    steps, _, height, width = into.shape
    step = spikes["t"] * steps // length_us
    y, x = spikes["y"] // pooling, spikes["x"] // pooling
    kept = (step < steps) & (y < height) & (x < width)
    places = (step[kept], spikes["feature"][kept].astype(np.int64), y[kept].astype(np.int64), x[kept].astype(np.int64))
    counts = np.bincount(np.ravel_multi_index(places, into.shape), minlength=into.size)
    into[:] = np.minimum(counts, 255).reshape(into.shape)


def _head_shape(network: Network) -> tuple[int, int]:
    """Give channels and side of what the last layer takes: the kernel of a dense layer covers its input."""
    last = network.layers[-1]
    return last.channels, last.kernel[0]


def _head(model: SpikingNetwork, shape: tuple[int, ...]) -> SpikingNetwork:
    head = SpikingNetwork((shape[0], shape[1], shape[2]), model.layers[-1:], neuron=model.neurons[-1])
    with torch.no_grad():
        next(iter(head.parts()))[1].weight.copy_(list(model.parts())[-1][1].weight)
    return head


def _train(head: SpikingNetwork, spikes: Tensor, labels: Tensor, config: ReadoutConfig) -> SpikingNetwork:
    task = TaskConfig(int8=True, score_scale=config.score_scale)
    optimiser = torch.optim.AdamW(head.parameters(), lr=config.rate, weight_decay=0)
    updates = config.epochs * -(-len(labels) // config.batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, updates)
    for chosen in _batches(len(labels), config):
        _, loss = scores_and_loss(head, spikes[:, chosen].float(), labels[chosen], task)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
    return head


def _batches(count: int, config: ReadoutConfig) -> Iterator[Tensor]:
    generator = torch.Generator().manual_seed(config.seed)
    for _ in range(config.epochs):
        order = torch.randperm(count, generator=generator)
        yield from (order[start : start + config.batch] for start in range(0, count, config.batch))
