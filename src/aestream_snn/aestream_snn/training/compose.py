"""From words like `data=simgesture task.rate=1e-3` to a configuration, through hydra's groups."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from hydra import compose, initialize_config_dir
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_snn.training.config import TrainConfig
from aestream_snn.training.words import text_of

CONFIGS = Path(__file__).resolve().parent.parent / "configs"
GROUPS: tuple[str, ...] = ("data", "model", "task", "system", "logging")

T = TypeVar("T")


def group_choices(group: str) -> tuple[str, ...]:
    """List the files of a group."""
    return tuple(sorted(path.stem for path in (CONFIGS / group).glob("*.yaml")))


def compose_config(words: Sequence[str]) -> TrainConfig:
    """Make a configuration.

    Args:
        words: hydra's overrides: `group=name`, `group.key=value`.

    Raises:
        UnknownNameError: a group has no such file; lists those that it has.
        InvalidArgumentError: a word is not understood, a key does not exist, or a value is not allowed.
    """
    for word in words:
        _check_choice(word)
    texts = {key: value for key, _, value in (word.partition("=") for word in words) if _is_text(key)}
    others = [_added(word) for word in words if word.partition("=")[0] not in texts]
    try:
        with initialize_config_dir(str(CONFIGS), version_base="1.3"):
            values = OmegaConf.to_container(compose("train", overrides=others), resolve=True)
    except (HydraException, OmegaConfBaseException) as error:
        raise InvalidArgumentError(" ".join(str(error).split())) from None
    assert isinstance(values, dict)
    for key, value in texts.items():
        _set_text(values, key.split("."), value)
    return from_mapping(TrainConfig, {str(key): value for key, value in values.items()})


def from_mapping(kind: type[T], values: Mapping[str, Any], *, place: str = "") -> T:
    """Make a configuration dataclass of nested mappings.

    Raises:
        UnknownNameError: a key does not exist.
        InvalidArgumentError: a value is not allowed.
    """
    hints = get_type_hints(kind)
    known = tuple(each.name for each in fields(kind))  # type: ignore[arg-type]
    made: dict[str, Any] = {}
    for key, value in values.items():
        if key not in known:
            raise UnknownNameError(f"setting in {place or 'a run'}", key, known)
        inner = hints[key]
        nested = isinstance(inner, type) and is_dataclass(inner)
        if nested and not isinstance(value, Mapping):
            raise InvalidArgumentError(f"{place}.{key} is {value!r}; it has settings of its own".lstrip("."))
        made[key] = from_mapping(inner, value, place=f"{place}.{key}".strip(".")) if nested else value
    return kind(**made)


def _is_text(key: str) -> bool:
    """Say whether a key is of a text, such as a path. Those are taken as they stand, not by hydra's grammar."""
    kind: Any = TrainConfig
    for name in key.split("."):
        kind = get_type_hints(kind).get(name) if is_dataclass(kind) else None
    return kind in (str, str | None)


def _set_text(values: dict[Any, Any], names: Sequence[str], word: str) -> None:
    for name in names[:-1]:
        values = values.setdefault(name, {})
    values[names[-1]] = None if word == "null" else text_of(word)


def _check_choice(word: str) -> None:
    group, equals, name = word.partition("=")
    if not equals:
        raise InvalidArgumentError(f"{word!r} is no setting; write group=name or group.key=value")
    if group in GROUPS and name not in group_choices(group):
        raise UnknownNameError(group, name, group_choices(group))


def _added(word: str) -> str:
    """Let keys be set that the group's file does not name; `from_mapping` knows which there are."""
    return word if word.partition("=")[0] in GROUPS or word.startswith(("+", "~")) else f"++{word}"
