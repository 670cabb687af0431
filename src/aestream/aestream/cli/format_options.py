"""Options that only some file formats have, made from the table of formats."""

import argparse
import re
from collections.abc import Callable
from typing import Literal

from aestream_core.files import FILE_FORMATS, FileFormat, FormatOption

OptionKind = Literal["read_options", "write_options"]

_PREFIX = "format_option_"
_CHOICES = re.compile(r"[\w.+-]+(?:(?:, | or |, or )[\w.+-]+)+")


def add_format_options(parser: argparse.ArgumentParser, kind: OptionKind, *, title: str) -> None:
    """Give a parser the options of all formats; one option where several formats use the same name."""
    group = parser.add_argument_group(title)
    for name, owners in _owners(kind).items():
        action = group.add_argument(
            "--" + name.replace("_", "-"), dest=_PREFIX + name, metavar=_metavar(name), help=_help(owners)
        )
        words = sorted({word for _, option in owners for word in allowed_words(option)})
        if words:
            action.completer = _answer(words)  # type: ignore[attr-defined]


def given_format_options(args: argparse.Namespace) -> dict[str, str]:
    """Collect the options that the user gave, by the name that the format has for them."""
    return {
        name.removeprefix(_PREFIX): value
        for name, value in vars(args).items()
        if name.startswith(_PREFIX) and value is not None
    }


def allowed_words(option: FormatOption) -> list[str]:
    """List what an option may be, where that is a list of words; nothing where it is a description."""
    return re.split(r", or |, | or ", option.allowed) if _CHOICES.fullmatch(option.allowed) else []


def describe_option(option: FormatOption) -> str:
    """Describe an option in one line."""
    notes = [note for note in (option.allowed, option.fallback and f"default: {option.fallback}") if note]
    return f"{option.description} ({'; '.join(notes)})" if notes else option.description


def _answer(words: list[str]) -> Callable[..., list[str]]:
    return lambda **_: words


def _owners(kind: OptionKind) -> dict[str, list[tuple[FileFormat, FormatOption]]]:
    owners: dict[str, list[tuple[FileFormat, FormatOption]]] = {}
    for row in FILE_FORMATS.values():
        if kind == "write_options" and row.create is None:
            continue
        for option in getattr(row, kind):
            owners.setdefault(option.name, []).append((row, option))
    return owners


def _metavar(name: str) -> str:
    return name.rsplit("_", 1)[-1].upper()


def _help(owners: list[tuple[FileFormat, FormatOption]]) -> str:
    """Describe an option; formats that mean the same by it share the sentence."""
    texts: dict[str, list[str]] = {}
    for row, option in owners:
        texts.setdefault(describe_option(option), []).append(row.name)
    return "; ".join(f"{', '.join(names)}: {text}" for text, names in texts.items()).replace("%", "%%")
