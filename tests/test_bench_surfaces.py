"""What the benchmarks of surfaces compare makes the same frames."""

from pathlib import Path

import torch

from bench import copies
from bench.surfaces import measure
from bench.surfaces.packets import Group
from bench.surfaces.peer_process import Peers

CPU = torch.device("cpu")


def test_every_way_of_copying_makes_the_same_frame_and_sees_every_event() -> None:
    copies.check(CPU)
    for name in copies.SETTINGS:
        tally, _ = copies.run(name, CPU, rate_hz=1e5, duration_s=0.02)
        assert tally.frames > 0
        assert (tally.copied_bytes > 0) == (tally.events > 0)


def test_every_method_is_checked_and_gets_a_rate(tmp_path: Path) -> None:
    group = Group(64, 48, "hot spot", 1000)
    with Peers() as peers:
        row = measure.measure(group, peers, device=CPU, rounds=1, path=tmp_path / "packets.npz")
    assert {"count", "numpy.bincount", "torch scatter_add"} <= set(row["rates"])
    assert all(rate > 0 for rate in row["rates"].values())
