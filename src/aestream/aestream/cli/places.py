"""Addresses and ports as words of a command line."""

import argparse
from collections.abc import Sequence

from aestream_core.errors import InvalidArgumentError
from aestream_core.net.config import DEFAULT_ADDRESS, DEFAULT_PORT


def add_place(parser: argparse.ArgumentParser, what: str) -> None:
    """Give a parser the words [ADDRESS] [PORT]; `what` says what is at that address."""
    parser.add_argument(
        "place",
        nargs="*",
        metavar="ADDRESS PORT",
        help=f"{what} (default: {DEFAULT_ADDRESS} {DEFAULT_PORT}); a port alone keeps the address",
    )


def read_place(words: Sequence[str]) -> tuple[str, int]:
    """Read nothing, a port, an address, or an address and a port.

    Raises:
        InvalidArgumentError: there are more words, or the port is not a number.
    """
    if len(words) > 2:
        raise InvalidArgumentError(
            f"{words[2]!r} is one word too many; give an address and a port, as in 10.0.0.1 3333"
        )
    if len(words) == 1 and words[0].isdecimal():
        return DEFAULT_ADDRESS, int(words[0])
    address = words[0].strip("[]") if words else DEFAULT_ADDRESS
    return address, _port(words[1]) if len(words) == 2 else DEFAULT_PORT


def _port(word: str) -> int:
    if not word.isdecimal():
        raise InvalidArgumentError(f"port is {word!r}; it must be a number from 0 to 65535")
    return int(word)
