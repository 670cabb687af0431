"""What the benchmarks of surfaces compare makes the same frames."""

from pathlib import Path

import pytest
import torch

from aestream_core import Events, SimConfig, open_simulator
from aestream_gpu import SURFACES
from aestream_gpu.surfaces.count import count_ref
from bench import copies
from bench.surfaces import from_file, measure
from bench.surfaces.packets import Group
from bench.surfaces.peer_process import Peers

CPU = torch.device("cpu")


def test_every_way_of_copying_makes_the_same_frame_and_sees_every_event() -> None:
    copies.check(CPU)
    for name in copies.SETTINGS:
        tally, _ = copies.run(name, CPU, rate_hz=1e5, duration_s=0.02)
        assert tally.frames > 0
        assert (tally.copied_bytes > 0) == (tally.events > 0)


def test_the_experiments_four_methods_and_ours_make_the_reference_frame_of_many_packets() -> None:
    config = SimConfig(width=copies.WIDTH, height=copies.HEIGHT, rate_hz=2e6, seed=3)
    stream = open_simulator(config, packet_us=1000)
    packets = [next(stream) for _ in range(5)]
    size = {"width": copies.WIDTH, "height": copies.HEIGHT}
    expected = count_ref(Events.join(packets, **size), **size).reshape(-1)
    assert len(copies.SETTINGS) == 5
    for name, (_, make) in copies.SETTINGS.items():
        frame = make(CPU)(packets, copies.Device(CPU))
        assert torch.equal(frame.reshape(-1), expected), name
    assert expected.sum() > 1000


def test_from_a_file_to_frames_every_way_counts_every_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_file, "CONFIG", SimConfig(**from_file.SIZE, rate_hz=1e6, duration_us=30_000))
    with Peers() as peers:
        rows = from_file.rates(tmp_path, peers, CPU, rounds=1)
    assert [row["format"] for row in rows] == list(from_file.ENDINGS)
    assert all(row["one"] > 0 and row["two"] > 0 and row["events"] > 20_000 for row in rows)


def test_every_surface_gets_a_rate_and_its_share_of_what_memory_allows(tmp_path: Path) -> None:
    group = Group(64, 48, "uniform", 1000)
    with Peers() as peers:
        row = measure.surfaces(group, peers, device=CPU, rounds=1, path=tmp_path / "packets.npz", gb_s=10.0)
    assert set(SURFACES) <= set(row["rates"])
    assert set(row["shares"]) == set(SURFACES)
    assert all(share > 0 for share in row["shares"].values())


def test_every_method_is_checked_and_gets_a_rate(tmp_path: Path) -> None:
    group = Group(64, 48, "hot spot", 1000)
    with Peers() as peers:
        row = measure.measure(group, peers, device=CPU, rounds=1, path=tmp_path / "packets.npz")
    assert {"count", "numpy.bincount", "torch scatter_add"} <= set(row["rates"])
    assert all(rate > 0 for rate in row["rates"].values())
