"""`aestream train ssm=TASK KEY=VALUE ...`, and the same as `python -m aestream_snn.ssm.training.command`."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, get_type_hints

import yaml

from aestream_core.errors import AestreamError, InvalidArgumentError, UnknownNameError
from aestream_gpu.device import resolve_device
from aestream_snn.ssm.model import EventSSM
from aestream_snn.ssm.training.picture import draw_curve
from aestream_snn.ssm.training.tasks import TASKS, Task
from aestream_snn.ssm.training.trainer import Epoch, Result, Trainer
from aestream_snn.ssm.weights import Meaning, save_model
from aestream_snn.training.team import join_team, processes_for
from aestream_snn.training.words import text_of

MODULE = "aestream_snn.ssm.training.command"
MODEL = "model.safetensors"
SPLITS = ("train", "validation", "test")
PARTS = ("settings", "model", "augment")


def parse(words: Sequence[str]) -> Task:
    """Turn `ssm=TASK`, `KEY=VALUE`, `model.KEY=VALUE` and `augment.KEY=VALUE` into a task.

    Raises:
        UnknownNameError: a task or a key is unknown; the message lists those there are.
        InvalidArgumentError: a word is no assignment, or a value is not allowed.
    """
    pairs = dict(map(_pair, words))
    name = pairs.pop("ssm", "")
    if name not in TASKS:
        raise UnknownNameError("task", name, tuple(TASKS))
    task = TASKS[name]
    changes: dict[str, dict[str, Any]] = {part: {} for part in PARTS}
    for key, value in pairs.items():
        part, _, leaf = key.rpartition(".")
        part = part or "settings"
        known = [each.name for each in fields(getattr(task, part))] if part in PARTS else []
        if leaf not in known:
            raise UnknownNameError("setting", key, tuple(known) or PARTS)
        changes[part][leaf] = _value(key, value, get_type_hints(type(getattr(task, part)))[leaf])
    changes["settings"].setdefault("folder", f"{task.settings.folder}/{name}")
    return replace(task, **{part: replace(getattr(task, part), **each) for part, each in changes.items()})


def _pair(word: str) -> tuple[str, str]:
    key, equals, value = word.partition("=")
    if not equals:
        raise InvalidArgumentError(f"{word!r} is no assignment; write KEY=VALUE")
    return key, value


def _value(key: str, word: str, kind: Any) -> Any:
    if kind is str:
        return text_of(word)
    try:
        read = yaml.safe_load(word)
    except yaml.YAMLError:
        raise InvalidArgumentError(f"{key} is {word!r}, which is no value") from None
    try:
        return float(read) if isinstance(read, str) else read
    except ValueError:
        return read


def train(words: Sequence[str]) -> Result:
    """Train as the words say; the model and its curve go to the run's folder."""
    task = _with_device(parse(words))
    folder = Path(task.settings.folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidArgumentError(f"folder {str(folder)!r} cannot be made: {error.strerror}") from None
    data = {split: task.load(split, task.settings) for split in SPLITS}
    task = replace(task, load=lambda split, settings: data[split])
    device = "cuda" if task.settings.device.startswith("cuda") else task.settings.device
    processes = processes_for(task.settings.processes, task.settings.device)
    with join_team(processes, [MODULE, *words], device=device) as team:
        trainer = Trainer(task, task.settings, team=team)

        def keep(model: EventSSM, meaning: Meaning) -> None:
            save_model(model, folder / MODEL, meaning)

        result = trainer.run() if team.rank else trainer.run(_tell, keep)
    if team.rank == 0:
        _write(result, task, folder)
        took = f"{result.seconds:.1f} s, {result.processor_seconds:.1f} s of processor time"
        print(f"test {result.test:.1%} after {took}: {folder / MODEL}, curve.png")
    return result


def _with_device(task: Task) -> Task:
    """Look whether the device is there before anything else is done."""
    found = resolve_device(task.settings.device)
    if task.settings.device != "auto":
        return task
    return replace(task, settings=replace(task.settings, device=found.type))


def _tell(epoch: Epoch) -> None:
    print(
        f"epoch {epoch.number:3} {epoch.seconds:7.1f} s  loss {epoch.loss:.3f}  validation {epoch.validation:.1%}",
        flush=True,
    )


def _write(result: Result, task: Task, folder: Path) -> None:
    """Write what there is to say of a run; its best model lies there already."""
    facts = {
        "test": result.test, "seconds": result.seconds, "processor_seconds": result.processor_seconds,
        "curve": [asdict(each) for each in result.curve],
        "settings": asdict(task.settings), "model": asdict(result.model.config), "augment": asdict(task.augment),
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(facts, indent=1) + "\n")
    classes = len(result.meaning.labels)
    draw_curve(result.curve, folder / "curve.png", title=folder.name, test=result.test, classes=classes)


if __name__ == "__main__":
    try:
        train(sys.argv[1:])
    except AestreamError as error:
        sys.exit(str(error))
