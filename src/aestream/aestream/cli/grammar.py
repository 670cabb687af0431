"""The grammar `input SOURCE ... filter NAME ... output SINK ... output SINK ...`: what belongs to which word."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from aestream.cli.parser import UsageError

FILTER_KEYWORD = "filter"
OUTPUT_KEYWORD = "output"
_KEYWORDS = (FILTER_KEYWORD, OUTPUT_KEYWORD)


@dataclass
class CommandWords:
    """The words of a command line, in their places.

    Attributes:
        command: those before the first `filter` or `output`.
        filters: those after each `filter`.
        outputs: those after each `output`.
    """

    command: list[str] = field(default_factory=list)
    filters: list[list[str]] = field(default_factory=list)
    outputs: list[list[str]] = field(default_factory=list)


def is_completing() -> bool:
    """Say whether a shell started this process to complete a line, which need not be whole yet."""
    return "_ARGCOMPLETE" in os.environ


def split_words(words: Sequence[str]) -> CommandWords:
    """Split the words of an `input` command at each `filter` and `output`; leave those of other commands as they are.

    A recording that is called `output` is named `./output`.

    Raises:
        UsageError: a filter comes after an output.
    """
    split = CommandWords()
    piece = split.command
    splits = bool(words) and words[0] == "input"
    for word in words:
        if not splits or word not in _KEYWORDS:
            piece.append(word)
            continue
        if word == FILTER_KEYWORD and split.outputs:
            raise UsageError("filters come before the first output and act on all; see aestream input --help")
        piece = []
        (split.filters if word == FILTER_KEYWORD else split.outputs).append(piece)
    return split
