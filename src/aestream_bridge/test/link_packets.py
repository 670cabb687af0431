"""Packets for the tests of links: the n-th is the same in every process."""

import numpy as np

from aestream_core.events import Events

WIDTH, HEIGHT = 320, 240


def packet(seq: int, count: int = 1000) -> Events:
    rng = np.random.default_rng(seq)
    return Events.from_numpy(
        t=seq * 10_000 + np.sort(rng.integers(0, 10_000, count)),
        x=rng.integers(0, WIDTH, count),
        y=rng.integers(0, HEIGHT, count),
        p=rng.integers(0, 2, count),
        width=WIDTH,
        height=HEIGHT,
    )


def joined(packets: list[Events]) -> np.ndarray:
    return np.concatenate([each.to_numpy() for each in packets]) if packets else packet(0, 0).to_numpy()
