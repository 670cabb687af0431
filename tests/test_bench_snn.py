"""What the benchmark of spiking networks compares has the same shapes, and steps as it says."""

import torch

from bench.snn import command, networks

CPU = torch.device("cpu")


def test_every_candidate_trains_and_steps() -> None:
    frames = (torch.rand(2, 1, 2, networks.SIDE, networks.SIDE) < 0.1).float()
    candidates = networks.installed(CPU)
    assert "aestream conv_iaf" in candidates
    assert "aestream conv_iaf, engine native" in candidates | networks.engines(CPU, compiled=False)
    for name, candidate in candidates.items():
        assert candidate.sequence(frames).shape == (2, 1, networks.CLASSES), name
        assert min(command.run(candidate, frames)) > 0
        candidate.reset()
        assert candidate.step is not None
        output, _ = candidate.step(frames[0], None)
        assert output.shape == (1, networks.CLASSES), name


def test_what_is_measured_is_checked_first() -> None:
    command.check(CPU)
