"""Small networks, recordings and a checkpoint for tests."""

import numpy as np
import torch

from aestream_snn import SpikingNetwork
from aestream_snn.data.recordings import PackedRecordings, pack, words_from_columns
from aestream_snn.models.calibrate import calibrate
from aestream_snn.models.layers import Conv, Dense


def small_network() -> tuple[SpikingNetwork, torch.Tensor]:
    """Give a network with maps and a dense layer, and frames (6, 3, 2, 16, 16) on which it spikes."""
    generator = torch.Generator().manual_seed(4)
    sequence = (torch.rand(6, 3, 2, 16, 16, generator=generator) < 0.1).float()
    torch.manual_seed(4)
    made = SpikingNetwork((2, 16, 16), (Conv(4, 3, padding=1, pool=2), Conv(6, 3, padding=1, pool=2), Dense(3)))
    calibrate(made, sequence)
    return made, sequence


def corner_recordings(count: int, *, seed: int = 0) -> PackedRecordings:
    """Give recordings of 16 x 16 px and 100 ms with three classes: events in one of three corners."""
    rng, labels = np.random.default_rng(seed), np.arange(count) % 3
    events = []
    for label in labels:
        t = np.sort(rng.integers(0, 100_000, 300))
        x, y = rng.integers(0, 8, (2, 300)) + np.array([[0, 8, 0][label], [0, 0, 8][label]])[:, None]
        events.append(words_from_columns(t, x, y, rng.integers(0, 2, 300)))
    words, offsets = pack(events)
    return PackedRecordings(16, 16, ("a", "b", "c"), labels.astype(np.int64), words, offsets)
