"""Weights & Biases gets the curves of a run, and what its network does. Skipped where it is not installed."""

from pathlib import Path

import pytest
from making_networks import corner_recordings
from wandb_records import rows_of

from aestream_core.errors import AestreamError
from aestream_snn.training.compose import compose_config
from aestream_snn.training.reporters import WandbReporter
from aestream_snn.training.trainer import Trainer

WORDS = (
    "task.epochs=3",
    "data.frames.steps=4",
    "data.frames.duration_us=100000",
    "data.frames.shrink=1",
    "model=conv_iaf",
    "logging=wandb",
)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    wandb = pytest.importorskip("wandb")
    monkeypatch.setenv("WANDB_SILENT", "true")
    wandb.teardown()  # it reads the environment once a process


def test_an_offline_run_holds_a_row_an_epoch_with_curves_and_histograms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    config = compose_config((*WORDS, f"logging.folder={tmp_path}"))
    run = Trainer(config, corner_recordings(24), corner_recordings(12, seed=1))
    reporter = WandbReporter(tmp_path, {"a": 1})
    run.run([reporter])
    reporter.close()
    rows = rows_of(tmp_path)
    for name in ("loss", "train", "validation"):
        assert [row[f"epoch/{name}"] for row in rows] == pytest.approx([row[name] for row in run.state.curve])
    assert [row["_step"] for row in rows] == [1, 2, 3]
    assert all(0 <= row["network/layer1/dead"] <= 1 for row in rows)
    assert [sum(row["network/layer0/weights.values"]) for row in rows] == [8 * 2 * 9] * 3


def test_a_run_that_cannot_begin_is_one_line_that_says_how_to_stay_offline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", "online")
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with pytest.raises(AestreamError, match=r"began no run: No API key configured.*WANDB_MODE=offline"):
        WandbReporter(tmp_path, {})
