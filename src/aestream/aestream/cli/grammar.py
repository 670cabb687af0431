"""The grammar `input SOURCE ... output SINK ... output SINK ...`: what belongs to which word."""

import os
from collections.abc import Sequence

OUTPUT_KEYWORD = "output"


def is_completing() -> bool:
    """Say whether a shell started this process to complete a line, which need not be whole yet."""
    return "_ARGCOMPLETE" in os.environ


def split_outputs(words: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Split the words of an `input` command at each `output`; leave those of other commands as they are.

    A recording that is called `output` is named `./output`.

    Returns:
        The words before the first `output`, and the words after each.
    """
    pieces: list[list[str]] = [[]]
    splits = bool(words) and words[0] == "input"
    for word in words:
        if splits and word == OUTPUT_KEYWORD:
            pieces.append([])
        else:
            pieces[-1].append(word)
    return pieces[0], pieces[1:]
