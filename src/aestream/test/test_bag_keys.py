"""The keys that pause a player, in a real terminal."""

import os
import pty
import sys
import termios
from collections.abc import Iterator

import pytest

from aestream.bag.keys import Keys


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A terminal as stdin; gives the end that a person types at."""
    person, process = pty.openpty()
    with os.fdopen(process, "r") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield person
    os.close(person)


def test_a_key_is_read_without_enter_and_the_terminal_is_left_as_it_was(terminal: int) -> None:
    before = termios.tcgetattr(sys.stdin)
    with Keys() as keys:
        assert keys.pressed() == ""
        os.write(terminal, b" ")
        assert keys.pressed() == " "
        assert keys.pressed() == ""
    assert termios.tcgetattr(sys.stdin) == before


def test_where_stdin_is_no_terminal_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with open(os.devnull) as stdin:  # noqa: PTH123
        monkeypatch.setattr(sys, "stdin", stdin)
        with Keys() as keys:
            assert keys.pressed() == ""
