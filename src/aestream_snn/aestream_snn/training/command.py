"""`aestream train` without its parser: words in, a result out; `python -m` of this is one process of a team."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from aestream_core.errors import AestreamError
from aestream_gpu.device import resolve_device
from aestream_snn.data.recordings import Recordings
from aestream_snn.data.table import DataRequest
from aestream_snn.training.checkpoint import read_checkpoint
from aestream_snn.training.compose import compose_config, from_mapping
from aestream_snn.training.config import TrainConfig
from aestream_snn.training.reporters import make_reporters
from aestream_snn.training.team import join_team, member_from_environment, processes_for
from aestream_snn.training.trainer import Trainer, TrainResult, load_data

MODULE = "aestream_snn.training.command"
MEMBER = "--member"
"""Before the settings of a run, as JSON, and its checkpoint to resume from, where there is one."""


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
    resolve_device(config.system.device)
    processes = processes_for(config.system.processes, config.system.device)
    config = replace(config, system=replace(config.system, processes=processes))
    console = Console(quiet=member_from_environment(config.system.device).rank > 0)
    data = [_load(config, split, console) for split in ("train", "validation", "test")]
    member = [MODULE, MEMBER, json.dumps(asdict(config)), *([str(resume)] if resume else [])]
    with join_team(processes, member, device=config.system.device) as team:
        trainer = Trainer(config, data[0], data[1], team=team)
        if resume is not None:
            trainer.resume(resume)
        return _lead(trainer, data[2]) if team.rank == 0 else _follow(trainer, data[2])


def _lead(trainer: Trainer, test: Recordings) -> TrainResult:
    """Train, tell how it goes, and write what comes of it."""
    trainer.folder.mkdir(parents=True, exist_ok=True)
    facts = asdict(trainer.config)
    (trainer.folder / "config.json").write_text(json.dumps(facts, indent=2) + "\n")
    reporters = make_reporters(trainer.config.logging, facts)
    try:
        trainer.run(reporters)
    finally:
        for reporter in reporters:
            reporter.close()
    result = trainer.result(test)
    _write(trainer, result)
    return result


def _follow(trainer: Trainer, test: Recordings) -> TrainResult:
    """Do this process's share, in silence."""
    trainer.run()
    return trainer.result(test)


def _load(config: TrainConfig, split: str, console: Console) -> Recordings:
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"{config.data.name}, {split}", total=None)

        def tell(done: int, of: int) -> None:
            progress.update(task, completed=done, total=of)

        return load_data(config, split, DataRequest(progress=tell))


def _write(trainer: Trainer, result: TrainResult) -> None:
    facts = {"curve": trainer.state.curve, "result": {**asdict(result), "best": str(result.best)}}
    (trainer.folder / "result.json").write_text(json.dumps(facts, indent=2) + "\n")


def main(words: Sequence[str]) -> None:
    """Take part in a run: as torchrun starts it, with settings, or as a run starts its other processes."""
    if words[:1] == [MEMBER]:
        config = from_mapping(TrainConfig, json.loads(words[1]))
        train_config(config, resume=Path(words[2]) if len(words) > 2 else None)
    else:
        train(words)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except AestreamError as error:
        sys.exit(str(error))
