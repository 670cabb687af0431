r"""The grammar of text with substitutions: `$(name argument...)`, nested, quoted, escaped with a backslash.

The language is that of ROS 2's launch front end: arguments are separated by one space, an argument may be quoted,
inside quotes substitutions are replaced as well, and `\x` stands for `x`.
"""

from __future__ import annotations

import re
import shlex

from aestream.launching.description import Call, Template
from aestream.launching.errors import LaunchError, Place

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def parse_template(text: str, place: Place | None = None) -> Template:
    """Split text into literal pieces and substitutions.

    Raises:
        LaunchError: A substitution is malformed.
    """
    return _Reader(text, place).read_all()


def split_command(text: str, place: Place | None = None) -> tuple[Template, ...]:
    """Split a command line into words, each a template; literal text follows the shell's quoting."""
    words: list[list[str | Call]] = []
    open_word = False
    for piece in parse_template(text, place):
        if isinstance(piece, Call):
            new_words: list[str | Call] = [piece]
            starts_apart, ends_apart = False, False
        else:
            new_words = list(_split_literal(piece, place))
            starts_apart, ends_apart = piece[:1].isspace(), piece[-1:].isspace()
        for index, word in enumerate(new_words):
            if index == 0 and open_word and not starts_apart:
                words[-1].append(word)
            else:
                words.append([word])
        open_word = not ends_apart
    return tuple(tuple(word) for word in words)


def _split_literal(text: str, place: Place | None) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        message = f"{error} in {text!r}; quotes around a substitution are not needed, it stays one word"
        raise LaunchError(message, place=place) from None


class _Reader:
    """A recursive-descent reader over one text."""

    def __init__(self, text: str, place: Place | None) -> None:
        self._text = text
        self._place = place
        self._at = 0

    def read_all(self) -> Template:
        return self._read_pieces(stop="", quote="")

    def _fail(self, message: str) -> LaunchError:
        return LaunchError(f"{message} in {self._text!r}", place=self._place)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _read_pieces(self, *, stop: str, quote: str) -> Template:
        """Read literals and substitutions up to one of the characters of `stop`, which is not consumed."""
        pieces: list[str | Call] = []
        literal = ""
        while (character := self._peek()) and character not in stop:
            if self._text.startswith("$(", self._at):
                if literal:
                    pieces.append(literal)
                literal = ""
                pieces.append(self._read_call(quote))
            elif character == "\\" and self._at + 1 < len(self._text):
                literal += self._text[self._at + 1]
                self._at += 2
            else:
                literal += character
                self._at += 1
        if literal or not pieces:
            pieces.append(literal)
        return tuple(pieces)

    def _read_call(self, quote: str) -> Call:
        self._at += len("$(")
        match = _IDENTIFIER.match(self._text, self._at)
        if match is None:
            raise self._fail("expected the name of a substitution after '$('")
        self._at = match.end()
        arguments = []
        while self._peek() == " ":
            self._at += 1
            arguments.append(self._read_argument(quote))
        if self._peek() != ")":
            raise self._fail(f"substitution $({match.group()} is not closed with ')'")
        self._at += 1
        return Call(match.group(), tuple(arguments))

    def _read_argument(self, quote: str) -> Template:
        opening = self._peek()
        if not quote and opening in ("'", '"') and opening:
            return self._read_quoted(opening)
        if opening in (" ", ")", ""):
            raise self._fail("a substitution takes one space between arguments, and none at its end")
        return self._read_pieces(stop=" ()" + (quote or "'\""), quote=quote)

    def _read_quoted(self, quote: str) -> Template:
        self._at += 1
        pieces = self._read_pieces(stop=quote, quote=quote)
        if self._peek() != quote:
            raise self._fail(f"missing closing {quote}")
        self._at += 1
        return pieces
