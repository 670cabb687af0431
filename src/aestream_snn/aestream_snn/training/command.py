"""`aestream train` without its parser: words in, a result out."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from aestream_snn.data.recordings import Recordings
from aestream_snn.data.table import DataRequest
from aestream_snn.training.checkpoint import read_checkpoint
from aestream_snn.training.compose import compose_config, from_mapping
from aestream_snn.training.config import TrainConfig
from aestream_snn.training.reporters import make_reporters
from aestream_snn.training.trainer import Trainer, TrainResult, load_data


def train(words: Sequence[str], *, resume: Path | None = None) -> TrainResult:
    """Train a model as the words say, and judge it.

    Args:
        words: hydra's overrides.
        resume: a `last.safetensors` to go on from; where there are no words, with its own settings.
    """
    config = stored_config(resume) if resume is not None and not words else compose_config(words)
    return train_config(config, resume=resume)


def stored_config(path: Path) -> TrainConfig:
    """Read the settings of the run that wrote a checkpoint."""
    return from_mapping(TrainConfig, read_checkpoint(path).facts["config"])


def train_config(config: TrainConfig, *, resume: Path | None = None) -> TrainResult:
    """Train a model as a configuration says, and judge it on the test data."""
    console = Console()
    trainer = Trainer(config, *(_load(config, split, console) for split in ("train", "validation")))
    if resume is not None:
        trainer.resume(resume)
    trainer.folder.mkdir(parents=True, exist_ok=True)
    facts = asdict(config)
    (trainer.folder / "config.json").write_text(json.dumps(facts, indent=2) + "\n")
    reporters = make_reporters(config.logging, facts)
    try:
        trainer.run(reporters)
    finally:
        for reporter in reporters:
            reporter.close()
    result = trainer.result(_load(config, "test", console))
    _write(trainer, result)
    return result


def _load(config: TrainConfig, split: str, console: Console) -> Recordings:
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"{config.data.name}, {split}", total=None)

        def tell(done: int, of: int) -> None:
            progress.update(task, completed=done, total=of)

        return load_data(config, split, DataRequest(progress=tell))


def _write(trainer: Trainer, result: TrainResult) -> None:
    facts = {"curve": trainer.state.curve, "result": {**asdict(result), "best": str(result.best)}}
    (trainer.folder / "result.json").write_text(json.dumps(facts, indent=2) + "\n")
